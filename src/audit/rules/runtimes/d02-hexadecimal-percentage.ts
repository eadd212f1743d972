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
  why: '.NET reads its GC settings from the environment as hexadecimal numbers: 50 is 80 %, and 75 is 117 %, which is no share of anything: the default of 75 % of the limit counts instead.',
  reference:
    'https://learn.microsoft.com/dotnet/core/runtime-config/garbage-collector#heap-limit-percent; measured: .NET Core 3.1 takes 80 % for 50, and the default for 75',
  examples: { bad: inService(service('»"75"')), good: inService(service('"0x4B"')) },
  check: inContainers(EVERYWHERE, function* ({ environment }) {
    for (const variable of NAMES.map((name) => environment.get(name))) {
      const text = variable?.value ?? ''
      if (variable === undefined || !/^[1-9]\d$/.test(text)) continue
      const read = Number.parseInt(text, 16)
      const isShare = read < 100
      const meant = `0x${Number(text).toString(16).toUpperCase()}`
      yield {
        place: variable.place,
        severity: isShare ? 'warning' : 'high',
        message: isShare
          ? `${text} is ${read} % here; ${text} % are ${meant}`
          : `${text} is no share here (${read} %), and is ignored; ${text} % are ${meant}`,
        // What is a share as well in hexadecimal may be meant as it stands.
        edits: isShare ? [] : replaced({ text, place: variable.place }, meant),
      }
    }
  }),
}
