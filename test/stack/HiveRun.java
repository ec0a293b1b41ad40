import java.io.FileOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * java -Dlog=FILE HiveRun.java CONF LIB FILE.sql
 *
 * <p>Runs each statement of the file on a Hive inside this JVM: the jars of the folder LIB, configured by the folder CONF. A
 * statement ends with a semicolon at the end of a line; lines that begin with -- are comments. Rows go to stdout, tab
 * separated, with tab, newline, carriage return and backslash inside a value written \t \n \r \\ and NULL as NULL. Stops
 * at the first failure, whose message goes to stderr, with exit code 1: later Tez queries in the same JVM could return no
 * rows.
 */
public class HiveRun {
  public static void main(String[] args) throws Exception {
    PrintStream rows = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    PrintStream failures = System.err;
    // Hive and Tez print their progress to both streams
    PrintStream log = new PrintStream(new FileOutputStream(System.getProperty("log"), true), true, StandardCharsets.UTF_8);
    System.setOut(log);
    System.setErr(log);

    int exit = 0;
    String sql = Files.readString(Path.of(args[2])).replaceAll("(?m)^\\s*--.*$", "");
    try (Connection connection = connect(loaderOf(Path.of(args[0]), Path.of(args[1])));
        Statement statement = connection.createStatement()) {
      for (String each : sql.split(";\\s*(\\r?\\n|$)")) {
        String query = each.strip();
        if (query.isEmpty()) continue;
        try {
          if (statement.execute(query)) printRows(statement, rows);
        } catch (SQLException error) {
          failures.println(error.getMessage() + "\nin the statement: " + query);
          exit = 1;
          break;
        }
      }
    } catch (SQLException error) {
      failures.println(error.getMessage());
      exit = 1;
    }
    rows.flush();
    failures.flush();
    System.exit(exit);
  }

  /** Hive before 4 casts the loader of its own classes to URLClassLoader, which Java's own is none of since 9. */
  private static ClassLoader loaderOf(Path conf, Path lib) throws Exception {
    List<URL> urls = new ArrayList<>();
    try (var jars = Files.newDirectoryStream(lib, "*.jar")) {
      for (Path jar : jars) urls.add(jar.toUri().toURL());
    }
    urls.sort((a, b) -> a.getPath().compareTo(b.getPath()));
    urls.add(0, conf.toUri().toURL());
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  private static Connection connect(ClassLoader loader) throws Exception {
    Thread.currentThread().setContextClassLoader(loader);
    Driver driver = (Driver) loader.loadClass("org.apache.hive.jdbc.HiveDriver").getDeclaredConstructor().newInstance();
    Properties who = new Properties();
    who.setProperty("user", "hive");
    who.setProperty("password", "");
    return driver.connect("jdbc:hive2:///default", who);
  }

  private static void printRows(Statement statement, PrintStream rows) throws SQLException {
    try (ResultSet result = statement.getResultSet()) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        StringBuilder line = new StringBuilder();
        for (int column = 1; column <= columns; column++) {
          if (column > 1) line.append('\t');
          String value = result.getString(column);
          line.append(value == null ? "NULL" : escape(value));
        }
        rows.print(line.append('\n'));
      }
    }
  }

  private static String escape(String value) {
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r");
  }
}
