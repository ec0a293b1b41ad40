import { expect, test } from 'vitest'
import { commandWords } from '../../../../cli/options/command-words.ts'

test.each([
  ['beeline -u jdbc:hive2://h:10000/ -e', ['beeline', '-u', 'jdbc:hive2://h:10000/', '-e']],
  [`  a 'b c'  "d 'e" f"g h"i '' `, ['a', 'b c', "d 'e", 'fg hi', '']],
  ['a;b $(c) `d` \\ | e', ['a;b', '$(c)', '`d`', '\\', '|', 'e']],
  ['', []],
  ["a 'b", undefined],
  ['a b"', undefined],
])('%j is the words %j', (line, words) => expect(commandWords(line)).toEqual(words))
