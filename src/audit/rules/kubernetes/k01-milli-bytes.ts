import { memorySizesOf } from '../../documents/memory-sizes.ts'
import type { Rule } from '../../rule.ts'
import { replaced } from '../edits.ts'
import { inPod } from '../examples.ts'

const MILLI = /^\+?(?:\d+(?:\.\d*)?|\.\d+)m$/

export const milliBytes: Rule = {
  id: 'K01',
  severity: 'critical',
  title: 'm is a thousandth of a byte in Kubernetes',
  why: 'Docker reads 256m as 256 MiB; Kubernetes reads it as 0.256 bytes. The API server takes it with a warning, and no container can start in it.',
  reference:
    'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#meaning-of-memory',
  examples: {
    bad: inPod(`
      image: registry.example.com/web:1
      resources:
        requests:
          cpu: 100m
          memory: 128Mi
        limits:
          memory: »256m`),
    good: inPod(`
      image: registry.example.com/web:1
      resources:
        requests:
          cpu: 100m
          memory: 128Mi
        limits:
          memory: 256Mi`),
  },
  *check({ objects }) {
    for (const size of objects.flatMap(memorySizesOf)) {
      const { text, place } = size
      if (!MILLI.test(text)) continue
      const bytes = Number(text.slice(0, -1)) / 1_000
      const meant = `${text.slice(0, -1)}Mi`
      yield {
        place,
        message: `${text} is ${bytes} bytes here; ${meant} was probably meant`,
        edits: replaced(size, meant),
      }
    }
  },
}
