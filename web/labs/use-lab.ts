import { useEffect, useState } from 'preact/hooks'
import * as z from 'zod/mini'
import { LabAnswer, LabMemory } from '../../src/server/lab-contract.ts'
import type { Answer } from '../server/client.ts'
import { arrivals } from '../server/events.ts'
import { useAsk } from '../server/use-ask.ts'
import { useStore } from '../shell/store.ts'
import { withMemory } from './lab-course.ts'
import type { LabCourses } from './lab-course.ts'
import type { LabDocument } from './documents.ts'

export interface FollowedLab {
  answer: Answer<LabDocument> | null
  courses: LabCourses
  /** Something was asked of the server: how it stands is asked at once. */
  onActed(): void
}

/** A lab as it goes, for as long as somebody looks at it. */
export function useLab(id: string): FollowedLab {
  const path = `/api/labs/${encodeURIComponent(id)}`
  const [acts, setActs] = useState(0)
  const [live, setLive] = useState<LabDocument | null>(null)
  const [courses, setCourses] = useState<LabCourses>(() => new Map())
  const arrival = useStore(arrivals)
  const { answer } = useAsk(path, LabAnswer, acts)
  useEffect(() => {
    if (answer?.kind === 'ready') setLive(answer.value)
  }, [answer])
  const isClosed = live?.state === 'closed'
  useEffect(() => {
    if (isClosed) setCourses(new Map())
  }, [isClosed])
  useEffect(() => {
    const source = new EventSource(`${path}/events`)
    source.addEventListener('lab', ({ data }) => {
      const told = read(LabAnswer, data)
      if (told !== null) setLive(told)
    })
    source.addEventListener('memory', ({ data }) => {
      const told = read(LabMemory, data)
      if (told !== null) setCourses((before) => withMemory(before, told))
    })
    return () => source.close()
  }, [path, arrival])
  return {
    answer: live === null ? answer : { kind: 'ready', value: live },
    courses,
    onActed: () => setActs((before) => before + 1),
  }
}

function read<Shape extends z.ZodMiniType>(shape: Shape, data: unknown): z.output<Shape> | null {
  if (typeof data !== 'string') return null
  const told = z.safeParse(shape, JSON.parse(data))
  return told.success ? told.data : null
}
