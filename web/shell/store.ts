import { useEffect, useState } from 'preact/hooks'

/** A value that several parts of the page look at. */
export interface Store<T> {
  get(): T
  set(value: T): void
  subscribe(listener: () => void): () => void
}

export function createStore<T>(first: T): Store<T> {
  let value = first
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return
      value = next
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** The value of a store, in a component that is drawn again when it changes. */
export function useStore<T>(store: Store<T>): T {
  const [, redraw] = useState(0)
  useEffect(() => {
    const again = (): void => redraw((count) => count + 1)
    // It may have changed between drawing and this.
    again()
    return store.subscribe(again)
  }, [store])
  return store.get()
}
