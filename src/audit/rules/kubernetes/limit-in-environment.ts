import type { Container, Variable } from '../../workload.ts'

/** Variables that bound a heap. What is called a limit of memory (MY_MEM_LIMIT) may well be the whole one. */
const SETTINGS = /^(?:GOMEMLIMIT|PHP_MEMORY_LIMIT|.*(?:HEAP|XMX|MAX_?OLD_?SPACE).*)$/i

/** Variables that hold the whole limit of their container, as the kubelet puts it in. */
export function wholeLimits(container: Container): readonly (readonly [string, Variable])[] {
  return [...container.environment].filter(
    ([name, { resource }]) =>
      SETTINGS.test(name) &&
      resource?.name === 'limits.memory' &&
      /^(?:0|1)$/.test(resource.divisor),
  )
}
