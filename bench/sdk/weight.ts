import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Peer } from '../peers/peer.ts'

/** What a visitor downloads, bytes. */
export interface Weight {
  gzipBytes: number
  brotliBytes: number
}

/** The weight of what a website ships of `peer`: gzip −9 and brotli 11. */
export async function weigh(peer: Peer): Promise<Weight> {
  const text = await (peer.shipped?.() ?? peer.script('https://collector.example'))
  return {
    gzipBytes: gzipSync(text, { level: 9 }).length,
    brotliBytes: brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
  }
}
