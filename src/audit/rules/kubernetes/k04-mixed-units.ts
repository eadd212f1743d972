import { formatBytes } from '../../../model/bytes.ts'
import { inContainers, type Rule } from '../../rule.ts'
import type { Size } from '../../workload.ts'
import { replaced } from '../edits.ts'
import { inPod } from '../examples.ts'
import { ownSize } from './own-size.ts'

const BINARY = /^\d+(?:\.\d+)?[KMGT]i$/
const DECIMAL = /^\d+(?:\.\d+)?[kMGT]$/

export const mixedUnits: Rule = {
  id: 'K04',
  severity: 'info',
  title: 'Decimal and binary units in one container',
  why: 'M is 4.6 % less than Mi, and G is 6.9 % less than Gi. Where both stand together, one of them is usually a slip, and the numbers cannot be compared by eye.',
  reference: 'apimachinery, pkg/api/resource/suffix.go',
  examples: {
    bad: inPod(`
      image: registry.example.com/web:1
      resources:
        requests:
          cpu: 100m
          memory: »300M
        limits:
          memory: 512Mi`),
    good: inPod(`
      image: registry.example.com/web:1
      resources:
        requests:
          cpu: 100m
          memory: 300Mi
        limits:
          memory: 512Mi`),
  },
  check: inContainers(['kubernetes'], function* (container) {
    const request = ownSize(container, 'requests')
    const limit = ownSize(container, 'limits')
    if (request === null || limit === null) return
    const decimal = [request, limit].find(({ text }) => DECIMAL.test(text))
    if (decimal === undefined || ![request, limit].some(({ text }) => BINARY.test(text))) return
    const meant = `${decimal.text.replace('k', 'K')}i`
    const isReversed = (request.bytes ?? 0) > (limit.bytes ?? 0)
    yield {
      place: decimal.place,
      severity: isReversed ? 'warning' : 'info',
      message: `${decimal.text} is ${formatBytes(decimal.bytes ?? 0)}, beside ${other(decimal, request, limit).text}; ${meant} is ${formatBytes(binaryBytes(decimal))}`,
      edits: staysBelow(decimal, request, limit) ? replaced(decimal, meant) : [],
    }
  }),
}

function other(decimal: Size, request: Size, limit: Size): Size {
  return decimal === request ? limit : request
}

const FACTORS = { k: 1.024, M: 1.024 ** 2, G: 1.024 ** 3, T: 1.024 ** 4 }

function binaryBytes({ text, bytes }: Size): number {
  const unit = text.at(-1)
  const factor = unit === 'k' || unit === 'M' || unit === 'G' || unit === 'T' ? FACTORS[unit] : 1
  return Math.round((bytes ?? 0) * factor)
}

/** The request has to stay within the limit. */
function staysBelow(decimal: Size, request: Size, limit: Size): boolean {
  return decimal === limit || binaryBytes(decimal) <= (limit.bytes ?? 0)
}
