import { useEffect, useRef } from 'preact/hooks'
import { filterBy } from '../shell/router.ts'
import type { Place } from '../shell/router.ts'

const TYPING_MS = 250

interface SearchFieldProps {
  here: Place
  name: string
  placeholder: string
}

/** What is typed stands in the address under this name. */
export function SearchField({ here, name, placeholder }: SearchFieldProps) {
  const field = useRef<HTMLInputElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const wanted = here.query.get(name) ?? ''
  // The address may change without the field, by the browser's own back.
  useEffect(() => {
    if (field.current !== null && document.activeElement !== field.current)
      field.current.value = wanted
  }, [wanted])
  useEffect(() => () => clearTimeout(timer.current), [])
  // "/" leads here, as in many tools; not while something is being typed.
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isTyping =
        event.target instanceof Element && event.target.matches('input, select, textarea')
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      field.current?.focus()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])

  function search(text: string): void {
    clearTimeout(timer.current)
    filterBy(here, name, text.trim())
  }

  return (
    <label class="field field-search">
      <span>Search</span>
      <input
        ref={field}
        type="search"
        placeholder={placeholder}
        maxLength={200}
        defaultValue={wanted}
        onInput={({ currentTarget }) => {
          clearTimeout(timer.current)
          timer.current = setTimeout(() => search(currentTarget.value), TYPING_MS)
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.currentTarget.value = ''
          search('')
        }}
      />
    </label>
  )
}
