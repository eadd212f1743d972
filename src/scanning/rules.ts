/** What routing goes by, as it is set now. */
import type { RoutingRules } from './routing.ts'
import { largeImagePool, largeImageThreshold, streamingThreshold } from './settings/index.ts'
import type { SetTexts } from './settings/setting.ts'

export function rulesIn(set: SetTexts): RoutingRules {
  return {
    largeImageThresholdBytes: largeImageThreshold.in(set),
    largeImagePool: largeImagePool.in(set),
    streamingThresholdBytes: streamingThreshold.in(set),
  }
}
