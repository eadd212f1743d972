import type { Container, Probe, Variable, Word, Workload } from '../workload.ts'
import { type Beside, NOTHING_BESIDE } from './beside.ts'
import { imageFiles } from './dockerfile-files.ts'
import { type Instruction, instructionsOf, textOf } from './dockerfile-instructions.ts'
import type { TextFormat } from './format.ts'
import { placeWithin, type Place, type SourceFile } from './place.ts'
import { commandWords, shellWords } from './words.ts'

/** A Dockerfile or Containerfile: its image is a workload. */
export const DOCKERFILE: TextFormat = {
  name: 'Dockerfiles',
  isMine: isDockerfile,
  read: (file, beside) => ({ workloads: [imageOf(file, beside)] }),
}

/** Behind lines that are empty or comments. */
const FIRST = /^(?:[^\S\n]*(?:#[^\n]*)?\n)*[^\S\n]*(?:FROM\s+\S|ARG\s+\w)/i

/** Whether a text is a Dockerfile: it starts with FROM or ARG. */
function isDockerfile({ text }: SourceFile): boolean {
  return FIRST.test(text) && /^[ \t]*FROM\s+\S/im.test(text)
}

/** The image that a Dockerfile makes: what its last stage runs, and with which environment. */
export function imageOf(file: SourceFile, beside: Beside = NOTHING_BESIDE): Workload {
  const stages = stagesOf(instructionsOf(file))
  const last = stages.at(-1) ?? []
  const from = last.find(({ name }) => name === 'FROM')
  const whole: Place = { file, start: 0, end: Math.min(file.text.length, 1) }
  const place = from?.rest ?? whole
  const workload: Workload = {
    platform: 'dockerfile',
    kind: 'image',
    name: file.path,
    namespace: '',
    place,
    root: null,
    spec: null,
    containers: [],
  }
  workload.containers.push(containerOf(last, place, workload, beside))
  return workload
}

function containerOf(
  stage: readonly Instruction[],
  place: Place,
  workload: Workload,
  beside: Beside,
): Container {
  const entrypoint = lastOf(stage, 'ENTRYPOINT')
  const command = lastOf(stage, 'CMD')
  const environment = environmentOf(stage)
  return {
    workload,
    name: 'the program',
    place,
    isWhole: true,
    role: 'main',
    image: imageWord(place),
    limit: null,
    request: null,
    effectiveLimit: null,
    reservation: null,
    memorySwap: null,
    sharedMemory: null,
    memoryMounts: [],
    options: new Map(),
    environment,
    environmentIsWhole: true,
    words: commandWords([...commandOf(entrypoint), ...commandOf(command)]),
    namesProgram: entrypoint !== undefined || command !== undefined,
    probes: probesOf(stage),
    files: imageFiles(stage, environment, beside),
    root: null,
  }
}

function imageWord(place: Place): Word | null {
  const word = shellWords({ text: textOf(place), place }).find(({ text }) => !text.startsWith('--'))
  return word ?? null
}

/** Each stage with what it takes over from those it is built on. */
function stagesOf(instructions: readonly Instruction[]): Instruction[][] {
  const stages: Instruction[][] = []
  const named = new Map<string, Instruction[]>()
  for (const instruction of instructions) {
    if (instruction.name === 'FROM') {
      const words = textOf(instruction.rest)
        .split(/\s+/)
        .filter((word) => !word.startsWith('--'))
      const base = named.get((words[0] ?? '').toLowerCase()) ?? []
      const stage = [...base, ...(base.length === 0 ? [instruction] : [])]
      stages.push(stage)
      const name = /^as$/i.test(words[1] ?? '') ? words[2] : undefined
      if (name !== undefined) named.set(name.toLowerCase(), stage)
    } else stages.at(-1)?.push(instruction)
  }
  return stages
}

function lastOf(stage: readonly Instruction[], name: string): Instruction | undefined {
  return stage.findLast((instruction) => instruction.name === name)
}

function commandOf(instruction: Instruction | undefined): Word[] {
  return instruction === undefined ? [] : wordsAt(instruction.rest)
}

/** The list form is JSON; everything else is a line of a shell. */
function wordsAt(place: Place): Word[] {
  const text = textOf(place)
  const list = text.trimStart().startsWith('[') ? listOf(text) : null
  if (list === null) return shellWords({ text, place })
  let from = 0
  return list.map((item) => {
    const found = placeWithin(place, item, from)
    if (found !== place) from = found.end - place.start
    return { text: item, place: found }
  })
}

function listOf(text: string): string[] | null {
  try {
    const value: unknown = JSON.parse(text.replace(/\\\r?\n/g, ' '))
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : null
  } catch {
    return null
  }
}

function environmentOf(stage: readonly Instruction[]): Map<string, Variable> {
  const found = new Map<string, Variable>()
  for (const { name, rest } of stage) {
    if (name !== 'ENV') continue
    for (const { text, place } of assignmentsOf(rest)) {
      const equals = text.indexOf('=')
      const value = text.slice(equals + 1)
      found.set(text.slice(0, equals), {
        value: value.includes('$') ? null : value,
        place,
        name: place,
        resource: null,
      })
    }
  }
  return found
}

/** `ENV A=1 B="2 3"`, or the old form `ENV A 1 2`. */
function assignmentsOf(rest: Place): Word[] {
  const text = textOf(rest).replace(/\\(\r?\n)/g, ' $1')
  const [, name, value] = /^(\w+)[ \t]+([^ \t][^]*)$/.exec(text.trim()) ?? []
  if (name !== undefined && value !== undefined) return [{ text: `${name}=${value}`, place: rest }]
  return shellWords({ text, place: rest }).filter((word) => /^\w+=/.test(word.text))
}

function probesOf(stage: readonly Instruction[]): Probe[] {
  const check = lastOf(stage, 'HEALTHCHECK')
  if (check === undefined) return []
  const command = /\bCMD[ \t]+/.exec(textOf(check.rest))
  if (command === null) return []
  const start = check.rest.start + command.index + command[0].length
  const place = { ...check.rest, start }
  return [{ isCheck: true, words: commandWords(wordsAt(place)), place }]
}
