/** Who it is that approves: asked once, and kept in this browser. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { createStore, useStore } from '../shell/store.ts'

const KEY = 'stella-name'
const LONGEST = 60

/** Empty: not said yet. */
const name = createStore(kept())

function kept(): string {
  try {
    return localStorage.getItem(KEY) ?? ''
  } catch {
    return ''
  }
}

function keep(given: string): void {
  name.set(given)
  try {
    localStorage.setItem(KEY, given)
  } catch {
    // A browser that keeps nothing still has it for as long as the page is open.
  }
}

/** Empty: not said yet. */
export function useName(): string {
  return useStore(name)
}

/** Asks for the name where it is not known, and says which one it is where it is. */
export function YourName() {
  const known = useName()
  // The field stays while somebody types into it.
  const [isAsking, setAsking] = useState(known === '')
  const field = useRef<HTMLInputElement>(null)
  const isWanted = useRef(false)
  useEffect(() => {
    if (isWanted.current) field.current?.focus()
  }, [isAsking])
  if (isAsking) {
    return (
      <label class="field your-name">
        <span>Your name, as the journal shall have it</span>
        <input
          ref={field}
          defaultValue={known}
          maxLength={LONGEST}
          autocomplete="name"
          onInput={(event) => keep(event.currentTarget.value.trim())}
        />
      </label>
    )
  }
  return (
    <p class="your-name">
      <span class="faint">You are</span> {known}
      <button
        type="button"
        class="link"
        onClick={() => {
          isWanted.current = true
          setAsking(true)
        }}
      >
        Change<span class="hidden"> your name</span>
      </button>
    </p>
  )
}
