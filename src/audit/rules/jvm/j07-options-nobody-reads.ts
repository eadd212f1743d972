import { shellWords } from '../../documents/words.ts'
import type { Rule } from '../../rule.ts'
import { expands, SCRIPT_VARIABLES } from '../../runtimes/jvm.ts'
import { inService } from '../examples.ts'
import { inJvms } from '../inputs.ts'

const MEMORY = /^-X(?:m[sx]|ss)|^-XX:(?:Max|Min|Initial)(?:RAM|Heap|Metaspace|Direct)/

const service = (variable: string): string => `
image: registry.example.com/web:1
command: [java, -jar, app.jar]
environment:
  ${variable}: -Xmx300m
mem_limit: 500m`

export const optionsNobodyReads: Rule = {
  id: 'J07',
  severity: 'high',
  title: 'Memory options in a variable that the JVM does not read',
  why: 'JAVA_OPTS and its like are read by start scripts. Where java is started directly, they are nothing, and the heap is the default. The JVM itself reads JAVA_TOOL_OPTIONS, and its launcher JDK_JAVA_OPTIONS from 9 on.',
  reference: 'measured: JDK 17 ignores JAVA_OPTS; java(1), JDK_JAVA_OPTIONS',
  examples: {
    bad: inService(service('»JAVA_OPTS')),
    good: inService(service('JAVA_TOOL_OPTIONS')),
  },
  check: inJvms(function* ({ runsJava }, container) {
    if (!runsJava) return
    for (const name of SCRIPT_VARIABLES) {
      const variable = container.environment.get(name)
      if (typeof variable?.value !== 'string' || expands(container, name)) continue
      const { value, place } = variable
      const option = shellWords({ text: value, place }).find(({ text }) => MEMORY.test(text))
      if (option === undefined) continue
      yield {
        place: variable.name,
        message: `java is started directly, so nobody reads ${option.text} from ${name}; JAVA_TOOL_OPTIONS is read`,
      }
    }
  }),
}
