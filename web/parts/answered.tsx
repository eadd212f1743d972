import type { ComponentChildren } from 'preact'
import type { Answer } from '../server/client.ts'
import { Heading } from '../shell/heading.tsx'
import { Unanswered } from './unanswered.tsx'

interface AnsweredProps<Value> {
  answer: Answer<Value> | null
  /** What the page is called as long as nothing is known of it. */
  heading: string
  /** What was asked for. */
  what: string
  children(value: Value): ComponentChildren
}

/** A page of one thing, or what stands in its place as long as there is no answer. */
export function Answered<Value>({ answer, heading, what, children }: AnsweredProps<Value>) {
  if (answer?.kind === 'ready') return <>{children(answer.value)}</>
  return (
    <>
      <Heading isHidden>{heading}</Heading>
      <Unanswered answer={answer} what={what} />
    </>
  )
}
