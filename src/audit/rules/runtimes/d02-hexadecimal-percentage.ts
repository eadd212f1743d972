import { EVERYWHERE, inContainers, type Rule } from '../../rule.ts'
import { replaced } from '../edits.ts'
import { inService } from '../examples.ts'

const NAMES = ['DOTNET_GCHeapHardLimitPercent', 'COMPlus_GCHeapHardLimitPercent']

const service = (size: string): string => `
image: registry.example.com/web:1
environment:
  DOTNET_GCHeapHardLimitPercent: ${size}
mem_limit: 512m`

export const hexadecimalPercentage: Rule = {
  id: 'D02',
  severity: 'high',
  title: 'The percentage is read as hexadecimal, and looks decimal',
  why: '.NET reads its GC settings from the environment as hexadecimal numbers: 75 is 117 %, which is no bound at all.',
  reference:
    'https://learn.microsoft.com/dotnet/core/runtime-config/garbage-collector#heap-limit-percent',
  examples: { bad: inService(service('»"75"')), good: inService(service('"0x4B"')) },
  check: inContainers(EVERYWHERE, function* ({ environment }) {
    for (const variable of NAMES.map((name) => environment.get(name))) {
      const text = variable?.value ?? ''
      if (variable === undefined || !/^[1-9]\d$/.test(text)) continue
      const read = Number.parseInt(text, 16)
      const meant = `0x${Number(text).toString(16).toUpperCase()}`
      yield {
        place: variable.place,
        severity: read > 100 ? 'high' : 'warning',
        message: `${text} is ${read} % here; ${text} % are ${meant}`,
        // What is a share as well in hexadecimal may be meant as it stands.
        edits: read > 100 ? replaced({ text, place: variable.place }, meant) : [],
      }
    }
  }),
}
