import { formatBytes } from '../../../../model/bytes.ts'
import type { SwapForecast, SwapSetting } from '../../../../simulate/swap.ts'
import { sizeWithBytes } from '../../../../report/size.ts'
import type { SwapMachine } from './this-machine.ts'

type Made = Extract<SwapForecast, { refused: null }>

/** How much swap the container gets and where it ends, in one sentence. */
export function headlineOf(setting: SwapSetting, forecast: SwapForecast): string {
  if (forecast.refused !== null) return `Docker refuses this: "${forecast.refused}".`
  const swap = swapSentence(setting, forecast)
  const { killedAtBytes, allowedSwapBytes } = forecast
  if (setting.memoryBytes === 0) {
    return `${swap} It has no limit of its own: when the machine runs out, the kernel picks a victim among all its processes.`
  }
  if (killedAtBytes === null) {
    return `${swap} It is killed when it needs more than ${formatBytes(setting.memoryBytes)} and that swap together.`
  }
  const together = forecast.swapBytes === 0 ? '' : ' of memory and swap together'
  const depends = setting.hostSwapBytes === null && (allowedSwapBytes ?? 0) > 0
  const least =
    depends && !forecast.neverSwaps
      ? `, or at ${formatBytes(setting.memoryBytes)} where the machine has no swap`
      : ''
  return `${swap} It is killed when it needs more than ${sizeWithBytes(killedAtBytes)}${together}${least}.`
}

function swapSentence({ hostSwapBytes }: SwapSetting, made: Made): string {
  const { swapBytes, allowedSwapBytes, neverSwaps } = made
  if (neverSwaps) {
    return 'The container uses no swap: with a swappiness of 0 the kernel does not swap at its limit.'
  }
  if (allowedSwapBytes === 0) return 'The container may use no swap.'
  if (hostSwapBytes === 0) return 'The container can use no swap: the machine has none.'
  if (swapBytes === null) return 'The container may use all the swap of the machine.'
  const size = sizeWithBytes(swapBytes)
  if (hostSwapBytes === null) return `The container may use ${size} of swap, if the machine has it.`
  if (allowedSwapBytes === null)
    return `The container may use all the swap of the machine, ${size}.`
  return swapBytes < allowedSwapBytes
    ? `The container may use ${formatBytes(allowedSwapBytes)} of swap, but the machine has only ${size}.`
    : `The container may use ${size} of swap.`
}

/** What is behind the answer, each in a sentence or two. */
export function notesOn(
  setting: SwapSetting,
  forecast: SwapForecast,
  machine: SwapMachine | null,
): string[] {
  const { cgroup, memoryBytes, memorySwapBytes, accounting } = setting
  if (forecast.refused !== null) {
    return ['--memory-swap is memory and swap together: it needs --memory, and cannot be smaller.']
  }
  const limited = memoryBytes > 0
  const { allowedSwapBytes, swapBytes } = forecast
  return [
    limited && memorySwapBytes === 0 && accounting
      ? '--memory-swap is not set (0 is the same): Docker takes twice the memory, so as much swap as memory. To have none, set it to the same as --memory.'
      : null,
    limited && memorySwapBytes > 0 && accounting
      ? `--memory-swap is memory and swap together: ${formatBytes(memorySwapBytes)} - ${formatBytes(memoryBytes)} = ${formatBytes(allowedSwapBytes ?? 0)} of swap.`
      : null,
    forecast.warnings.length > 0 && !accounting
      ? 'The kernel does not count swap per group here, so no limit on it holds: the container may use what the machine has.'
      : null,
    cgroup === 1 && limited && allowedSwapBytes !== null
      ? 'On cgroup v1 memory and swap share one limit (memory.memsw.limit_in_bytes).'
      : null,
    cgroup === 2 && (allowedSwapBytes ?? 0) > 0 && swapBytes !== 0
      ? 'On cgroup v2 this is the most it can reach: a page counts in swap while it is still in memory, so a program that grows fast in transparent huge pages can be killed before.'
      : null,
    swapBytes === 0
      ? null
      : 'Swap is as slow as its disk: a container that lives in it stalls long before it is killed.',
    machineNote(machine),
  ].filter((note) => note !== null)
}

function machineNote(machine: SwapMachine | null): string | null {
  if (machine === null) return null
  const { swapBytes, cgroup, accounting } = machine
  const swap =
    swapBytes === null
      ? 'its swap could not be read'
      : swapBytes === 0
        ? 'it has no swap now'
        : `it has ${formatBytes(swapBytes)} of swap`
  const counts =
    accounting === null ? ', and it does not show here whether swap is counted per group' : ''
  return `No --cgroup was given, so this machine was looked at: cgroup v${cgroup}, ${swap}${counts}.`
}
