import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/** A button that was pressed goes away with its question: whoever pressed it is led to the part that it stood in. */
export function useFocusKept(): RefObject<HTMLElement | null> {
  const self = useRef<HTMLElement>(null)
  const wasInside = useRef(false)
  useEffect(() => {
    const onFocus = ({ target }: FocusEvent): void => {
      wasInside.current = target instanceof Node && self.current?.contains(target) === true
    }
    const onPointer = ({ target }: PointerEvent): void => {
      if (target instanceof Node && self.current?.contains(target) !== true) {
        wasInside.current = false
      }
    }
    document.addEventListener('focusin', onFocus)
    document.addEventListener('pointerdown', onPointer)
    return () => {
      document.removeEventListener('focusin', onFocus)
      document.removeEventListener('pointerdown', onPointer)
    }
  }, [])
  // After each drawing: what had the focus may be gone with it.
  useEffect(() => {
    if (wasInside.current && document.activeElement === document.body) {
      self.current?.focus({ preventScroll: true })
    }
  })
  return self
}
