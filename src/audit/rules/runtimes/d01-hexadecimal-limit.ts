import { formatBytes, MIB } from '../../../model/bytes.ts'
import { EVERYWHERE, inContainers, type Rule } from '../../rule.ts'
import { replaced } from '../edits.ts'
import { inService } from '../examples.ts'

const NAMES = ['DOTNET_GCHeapHardLimit', 'COMPlus_GCHeapHardLimit']

/** A heap that a decimal number may mean. */
const LEAST_MEANT_BYTES = 100_000_000

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
      if (variable === undefined || !/^[1-9]\d{6,}$/.test(text)) continue
      const read = Number.parseInt(text, 16)
      if (isMeantSo(Number(text), read, limit?.bytes ?? null)) continue
      const meant = `0x${Number(text).toString(16).toUpperCase()}`
      yield {
        place: variable.place,
        message: `${text} is ${formatBytes(read)} here; ${formatBytes(Number(text))} are ${meant}`,
        edits: replaced({ text, place: variable.place }, meant),
      }
    }
  }),
}

/**
 * Some people do write hexadecimal without its mark. A round number of it is left alone where it fits into the limit, or
 * where nobody would mean so little by the decimal one.
 */
function isMeantSo(decimal: number, hexadecimal: number, limitBytes: number | null): boolean {
  if (hexadecimal % MIB !== 0) return false
  return limitBytes === null ? decimal < LEAST_MEANT_BYTES : hexadecimal <= limitBytes
}
