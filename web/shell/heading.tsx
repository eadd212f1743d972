import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { focusOnArrival } from './router.ts'

/** The heading of a view. Whoever listens to the page instead of looking at it is led to it when they arrive. */
export function Heading({ children, isHidden = false }: HeadingProps) {
  const self = useRef<HTMLHeadingElement>(null)
  useEffect(() => focusOnArrival(self.current), [])
  return (
    <h1 ref={self} tabIndex={-1} class={isHidden ? 'hidden' : ''}>
      {children}
    </h1>
  )
}

interface HeadingProps {
  children: ComponentChildren
  /** It is there for those who listen; what it says stands elsewhere, too. */
  isHidden?: boolean
}
