import type { Container, Variable } from '../../workload.ts'

/** Variables from which runtimes take how much memory they may use. */
const SETTINGS = /^(?:GOMEMLIMIT|.*(?:HEAP|XMX|MAX_?MEM|MEMORY_LIMIT|MEM_LIMIT).*)$/i

/** Variables that hold the whole limit of their container, as the kubelet puts it in. */
export function wholeLimits(container: Container): readonly (readonly [string, Variable])[] {
  return [...container.environment].filter(
    ([name, { resource }]) =>
      SETTINGS.test(name) &&
      resource?.name === 'limits.memory' &&
      /^(?:0|1)$/.test(resource.divisor),
  )
}
