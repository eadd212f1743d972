import { parseMemory } from '../../../parsers/kubernetes/quantity.ts'
import { memorySizesOf } from '../../documents/memory-sizes.ts'
import type { Rule } from '../../rule.ts'
import { replaced } from '../edits.ts'
import { inPod } from '../examples.ts'

/** How what others write is written here: `i` and Docker's small letters are binary, MB is decimal. */
const MEANT: ReadonlyMap<string, string> = new Map([
  ['KiB', 'Ki'],
  ['MiB', 'Mi'],
  ['GiB', 'Gi'],
  ['TiB', 'Ti'],
  ['mi', 'Mi'],
  ['gi', 'Gi'],
  ['ki', 'Ki'],
  ['MI', 'Mi'],
  ['GI', 'Gi'],
  ['KB', 'k'],
  ['kB', 'k'],
  ['K', 'k'],
  ['MB', 'M'],
  ['GB', 'G'],
  ['TB', 'T'],
  ['kb', 'Ki'],
  ['mb', 'Mi'],
  ['gb', 'Gi'],
  ['g', 'Gi'],
  ['Mb', 'M'],
  ['Gb', 'G'],
  ['t', 'Ti'],
])

export const unknownSuffix: Rule = {
  id: 'K03',
  severity: 'error',
  title: 'A unit that Kubernetes does not know',
  why: 'The API server refuses the object. Units are k, M, G, T (decimal) and Ki, Mi, Gi, Ti (binary); there is no K, no B, and no MB or GB.',
  reference: 'apimachinery, pkg/api/resource/suffix.go',
  examples: {
    bad: inPod(`
      image: registry.example.com/web:1
      resources:
        requests:
          cpu: 100m
          memory: »256MB
        limits:
          memory: 256M`),
    good: inPod(`
      image: registry.example.com/web:1
      resources:
        requests:
          cpu: 100m
          memory: 256M
        limits:
          memory: 256M`),
  },
  *check({ objects }) {
    for (const size of objects.flatMap(memorySizesOf)) {
      const [, number = '', suffix = ''] = /^(\d+(?:\.\d+)?)\s?([A-Za-z]+)$/.exec(size.text) ?? []
      if (suffix === '' || parseMemory(size.text) !== null) continue
      const meant = MEANT.get(suffix)
      const todo =
        meant === undefined
          ? 'write Mi or Gi'
          : `write ${number}${meant}${otherwise(number, meant)}`
      const edits = meant === undefined ? [] : replaced(size, `${number}${meant}`)
      yield { place: size.place, message: `Kubernetes has no unit ${suffix}; ${todo}`, edits }
    }
  },
}

/** Whoever writes MB may mean either. */
function otherwise(number: string, meant: string): string {
  if (!/^[kMGT]$/.test(meant)) return ''
  const binary = `${number}${meant.toUpperCase()}i`
  const [decimalBytes, binaryBytes] = [`${number}${meant}`, binary].map(parseMemory)
  return ` (${decimalBytes} bytes), or ${binary} (${binaryBytes} bytes) where that was meant`
}
