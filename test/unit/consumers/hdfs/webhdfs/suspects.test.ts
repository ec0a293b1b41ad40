import { expect, test } from 'vitest'
import { transferAddressOf } from '../../../../../consumers/hdfs/webhdfs/suspects.ts'

const jmx = JSON.stringify({
  beans: [
    {
      name: 'Hadoop:service=NameNode,name=NameNodeInfo',
      LiveNodes: JSON.stringify({
        'dn1.example:9866': { infoAddr: '10.0.0.1:9864', infoSecureAddr: '10.0.0.1:9865', xferaddr: '10.0.0.1:9866' },
        'dn2.example:1019': {
          infoAddr: '10.0.0.2:1022',
          infoSecureAddr: '10.0.0.2:0',
          xferaddr: '10.0.0.2:1019',
          used: 7,
        },
      }),
    },
  ],
})

test.each([
  ['http://10.0.0.1:9864/x', '10.0.0.1:9866'],
  ['https://10.0.0.1:9865/x', '10.0.0.1:9866'],
  ['http://dn2.example:1022/x', '10.0.0.2:1019'],
  ['http://dn2.example:9864/x', undefined],
  ['http://dn3.example:9864/x', undefined],
])('the DataNode at %s is known to its NameNode as %s', (url, transfer) => {
  expect(transferAddressOf(jmx, new URL(url))).toBe(transfer)
})

test.each(['', '<html>', '{"beans":[]}', '{"beans":[{"LiveNodes":"x"}]}'])('makes nothing of the answer %j', text => {
  expect(transferAddressOf(text, new URL('http://10.0.0.1:9864/x'))).toBeUndefined()
})
