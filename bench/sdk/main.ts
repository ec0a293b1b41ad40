import { chromium } from 'playwright-core'
import { chromiumLaunch } from '../../test/support/chromium.ts'
import { pickPeers } from '../peers/peers.ts'
import { openStage } from './stage.ts'
import { measureTraffic } from './traffic.ts'
import { weigh } from './weight.ts'

const browser = await chromium.launch(await chromiumLaunch())
await Promise.all(
  pickPeers(process.argv[2]).map(async peer => {
    const stage = await openStage(peer)
    console.log(peer.name, peer.version, await weigh(peer), await measureTraffic(browser, stage))
    stage.site.close()
    stage.collector.close()
  }),
)
await browser.close()
