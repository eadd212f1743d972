import type { Rule } from '../../rule.ts'
import { jvmOf } from '../../runtimes/jvm.ts'
import type { Container } from '../../workload.ts'
import { kubernetes } from '../examples.ts'
import { deployment, horizontal } from './scaled-examples.ts'
import { memoryMetricOf, targetOf } from './scaling.ts'

const scaled = (metric: string): string =>
  `${deployment('command: [java, -Xmx300m, -jar, web.jar]')}
---${horizontal(metric)}`

export const scalingByHeap: Rule = {
  id: 'K20',
  severity: 'warning',
  title: 'Scaled by memory that may not shrink',
  why: 'The serial and the parallel collector of Java give memory back in full collections alone, G1 when it marks as well, and a quiet program starts neither. After a peak the pods can stay above the target, so that the autoscaler adds replicas and does not take them away. Scale by the CPU or by requests.',
  reference:
    'https://openjdk.org/jeps/346; measured: five minutes after a peak of 400 MiB the serial collector still holds it, under load as well; Go 1.26 and Node.js 24 have given it back',
  examples: { bad: kubernetes(scaled('»memory')), good: kubernetes(scaled('cpu')) },
  *check({ objects, workloads }) {
    for (const scaler of objects) {
      const metric = memoryMetricOf(scaler)
      if (metric === null) continue
      const target = targetOf(scaler, workloads)
      if (!target?.containers.some(keepsItsHeap)) continue
      yield {
        place: metric.place,
        message: `${target.name} runs Java, which may keep what it needed in a peak`,
      }
    }
  },
}

/** ZGC and Shenandoah give back what was idle for five minutes, and G1 where it is told to look. */
const GIVES_BACK = /^-XX:(?:\+Use(?:Z|Shenandoah)GC$|G1PeriodicGCInterval=[1-9])/

function keepsItsHeap(container: Container): boolean {
  const jvm = jvmOf(container)
  return jvm !== null && jvm.isWhole && !jvm.options.some(({ text }) => GIVES_BACK.test(text))
}
