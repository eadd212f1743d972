import { formatBytes, KIB, MIB } from '../../../model/bytes.ts'
import { parseMemory } from '../../../parsers/kubernetes/quantity.ts'
import { memorySizesOf } from '../../documents/memory-sizes.ts'
import type { Rule } from '../../rule.ts'
import { inPod } from '../examples.ts'

/** The runtime itself needs some MiB to set a container up. */
const LEAST_BYTES = 4 * MIB
/** A request or a volume may be small; one below this, without a unit, was meant in another. */
const LEAST_WITHOUT_UNIT_BYTES = MIB
/** A volume of less than one page holds nothing. */
const PAGE_BYTES = 4 * KIB

export const tiny: Rule = {
  id: 'K02',
  severity: 'critical',
  title: 'A size that no container can live in',
  why: 'A number without a suffix is bytes. Below about 4 MiB the container runtime cannot even set the container up: it is killed before its program starts.',
  reference: 'apimachinery, pkg/api/resource/quantity.go; runc needs some MiB for its own start',
  examples: {
    bad: inPod(
      `
      image: registry.example.com/web:1
      resources:
        limits:
          memory: 64Mi
        requests:
          cpu: 100m
          memory: 64Mi
      volumeMounts:
        - name: cache
          mountPath: /cache`,
      `
      volumes:
        - name: cache
          emptyDir:
            medium: Memory
            sizeLimit: »32`,
    ),
    good: inPod(`
      image: registry.example.com/web:1
      resources:
        requests:
          cpu: 100m
          memory: 512Mi
        limits:
          memory: 512Mi`),
  },
  *check({ objects }) {
    for (const { text, place, isLimit } of objects.flatMap(memorySizesOf)) {
      const bytes = text.endsWith('m') ? null : parseMemory(text)
      const hasUnit = /[a-zA-Z]$/.test(text)
      const least = isLimit ? LEAST_BYTES : hasUnit ? PAGE_BYTES : LEAST_WITHOUT_UNIT_BYTES
      if (bytes === 0 && /^[A-Za-z]/.test(text)) {
        yield { place, message: `${text} has no number, and is 0` }
      }
      if (bytes === null || bytes === 0 || bytes >= least) continue
      const says = Number.isInteger(bytes) ? formatBytes(bytes) : `${bytes} bytes`
      yield {
        place,
        message: `${text} is ${says}; ${hasUnit ? 'that is less than anything needs' : 'write the unit, as in 512Mi'}`,
      }
    }
  },
}
