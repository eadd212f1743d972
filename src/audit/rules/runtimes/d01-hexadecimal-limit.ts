import { formatBytes } from '../../../model/bytes.ts'
import { EVERYWHERE, inContainers, type Rule } from '../../rule.ts'
import { replaced } from '../edits.ts'
import { inService } from '../examples.ts'

const NAMES = ['DOTNET_GCHeapHardLimit', 'COMPlus_GCHeapHardLimit']

const service = (size: string): string => `
image: registry.example.com/web:1
environment:
  DOTNET_GCHeapHardLimit: ${size}
mem_limit: 512m`

export const hexadecimalLimit: Rule = {
  id: 'D01',
  severity: 'high',
  title: 'The variable is read as hexadecimal, and looks decimal',
  why: '.NET reads its GC settings from the environment as hexadecimal numbers: 200000000 is 8 GiB. The bound is then many times what was meant, and bounds nothing.',
  reference: 'https://learn.microsoft.com/dotnet/core/runtime-config/garbage-collector#heap-limit',
  examples: { bad: inService(service('»"200000000"')), good: inService(service('"0xBEBC200"')) },
  check: inContainers(EVERYWHERE, function* ({ environment, effectiveLimit: limit }) {
    for (const variable of NAMES.map((name) => environment.get(name))) {
      const text = variable?.value ?? ''
      // Some people do write hexadecimal without its mark: a round number of it is left alone, if it fits.
      if (variable === undefined || !/^[1-9]\d{6,}$/.test(text)) continue
      const read = Number.parseInt(text, 16)
      const isMeant =
        /0{6,}$/.test(text) && read % (1024 * 1024) === 0 && read <= (limit?.bytes ?? 0)
      if (isMeant) continue
      const meant = `0x${Number(text).toString(16).toUpperCase()}`
      yield {
        place: variable.place,
        message: `${text} is ${formatBytes(read)} here; ${formatBytes(Number(text))} are ${meant}`,
        edits: replaced({ text, place: variable.place }, meant),
      }
    }
  }),
}
