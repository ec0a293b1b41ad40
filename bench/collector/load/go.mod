module clicktrail.bench/load

go 1.24
