import type { HostState } from '../../model/facts.ts'

/** A host state that knows only what is given. */
export function hostState(known: Partial<Omit<HostState, 'kind'>>): HostState {
  return {
    kind: 'host-state',
    bootAt: null,
    kernelVersion: null,
    vmstat: new Map(),
    pressure: null,
    sysctls: new Map(),
    ...known,
  }
}
