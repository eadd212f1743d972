import type { Rule } from '../../rule.ts'
import { usesPlainGlibc } from '../../runtimes/c-library.ts'
import { inService } from '../examples.ts'
import { inJvms } from '../inputs.ts'
import { sized } from '../words.ts'
import { startOfWhole } from './started.ts'

/** Images of Java whose C library is known; what has alpine in its tag has musl. */
const GLIBC = /^(?:openjdk|eclipse-temurin|amazoncorretto|ibm-semeru-runtimes|sapmachine)$/

const service = (more: string, mark = ''): string => `
image: ${mark}eclipse-temurin:21-jre
command: [java, -Xmx300m, -jar, app.jar]${more}
mem_limit: 600m`

export const mallocArenas: Rule = {
  id: 'J15',
  severity: 'info',
  isOptional: true,
  title: 'malloc keeps up to eight arenas for each processor of the machine',
  why: 'The C library of this image gives its threads arenas of 64 MiB each, as many as eight times the processors of the machine, whatever share of them the container has. What is freed in them is seldom given back. MALLOC_ARENA_MAX=2 keeps it small.',
  reference: 'mallopt(3), M_ARENA_MAX; malloc/arena.c, arena_get2',
  examples: {
    bad: inService(service('', '»')),
    good: inService(service('\nenvironment:\n  MALLOC_ARENA_MAX: "2"')),
  },
  check: inJvms(function* (jvm, container) {
    const { image, effectiveLimit: limit } = container
    if (image === null || limit === null || !usesPlainGlibc(container, GLIBC)) return
    if (startOfWhole(jvm, container) === null) return
    yield { place: image.place, message: `native memory has no such bound in ${sized(limit)}` }
  }),
}
