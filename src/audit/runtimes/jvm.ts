import { maxHeapBytes } from '../../simulate/jvm/heap.ts'
import { type JvmFlags, NO_FLAGS, readJvmFlags } from '../../simulate/jvm/flags.ts'
import { fileAt, filesIn } from '../documents/mounts.ts'
import { programIndex, programWords } from '../documents/words.ts'
import { argumentWords, optionLines } from '../settings/java.ts'
import type { Container, Word } from '../workload.ts'
import { oncePerContainer } from './once.ts'
import { imageName, isUnknown, variableWords } from './options.ts'

/** A JVM as its container's file starts it. */
export interface Jvm {
  /** Every option that reaches it, the weakest first. */
  options: readonly Word[]
  flags: JvmFlags
  /** The option that set a flag. */
  setBy: ReadonlyMap<keyof JvmFlags, Word>
  /** Nothing of its options comes from elsewhere: what is not set here is not set. */
  isWhole: boolean
  /** The file itself starts `java`. */
  runsJava: boolean
  /** Of the image's tag; null where it does not say. */
  version: number | null
}

/** Read by the JVM and its launcher (java(1), JDK_JAVA_OPTIONS; JVMTI, JAVA_TOOL_OPTIONS). */
const OWN = ['JAVA_TOOL_OPTIONS', 'JDK_JAVA_OPTIONS'] as const
/** Read by start scripts alone. */
export const SCRIPT_VARIABLES = [
  'JAVA_OPTS',
  'JAVA_OPTIONS',
  'JAVA_OPTS_APPEND',
  'JAVA_ARGS',
  'JVM_ARGS',
  'JVM_OPTS',
  'CATALINA_OPTS',
  'ES_JAVA_OPTS',
  'OPENSEARCH_JAVA_OPTS',
  'KAFKA_HEAP_OPTS',
  'KAFKA_OPTS',
] as const
const JAVA = /^java$/
const IMAGES = [
  'openjdk',
  'eclipse-temurin',
  'amazoncorretto',
  'zulu-openjdk',
  'liberica-openjdk-debian',
  'ibm-semeru-runtimes',
  'sapmachine',
  'adoptopenjdk',
  'tomcat',
  'jetty',
]

/** The JVM of a container; null where nothing says that there is one. */
export const jvmOf = oncePerContainer(readJvm)

function readJvm(container: Container): Jvm | null {
  const runsJava = programIndex(container.words, JAVA) !== -1
  const command = expanded(container, commandLineOptions(container))
  const scripts = SCRIPT_VARIABLES.filter((name) => !runsJava || expands(container, name))
  const own = expanded(
    container,
    OWN.flatMap((name) => variableWords(container, name)),
  )
  const files = searchOptions(container)
  const options = [
    ...own,
    ...files,
    ...scripts.flatMap((name) => variableWords(container, name)),
    ...command,
    ...variableWords(container, '_JAVA_OPTIONS'),
  ].filter(({ text }) => text.startsWith('-'))
  const { name } = imageName(container.image)
  const isNamed = [...OWN, ...SCRIPT_VARIABLES, '_JAVA_OPTIONS'].some((key) =>
    container.environment.has(key),
  )
  if (!runsJava && !isNamed && files.length === 0 && !IMAGES.includes(name)) return null
  const isUnknownOption = [...OWN, ...scripts, '_JAVA_OPTIONS'].some((key) =>
    isUnknown(container, key),
  )
  const isFilled =
    [...own, ...command].some(({ text }) => UNREAD.test(text)) ||
    programWords(container.words, JAVA).some(({ text }) => /\$|.@/.test(text))
  return {
    options,
    ...readOptions(options),
    isWhole: container.environmentIsWhole && !isUnknownOption && !isFilled,
    runsJava,
    version: versionOf(container.image),
  }
}

/** More than anybody names. */
const MAX_ARGUMENT_FILES = 10
/** A file with options that is not known. */
const UNREAD = /^@[^@]|^-XX:VMOptionsFile=/

/** Options with those of the files they name in their place, as far as these are known (java(1), argument files). */
function expanded(container: Container, options: readonly Word[]): Word[] {
  let files = 0
  return options.flatMap((option) => {
    const path = /^(?:@(?=[^@])|-XX:VMOptionsFile=)(.+)/.exec(option.text)?.[1]
    const excerpt =
      path === undefined || files >= MAX_ARGUMENT_FILES ? null : fileAt(container, path)
    if (excerpt === null) return [option]
    files++
    return argumentWords(excerpt)
  })
}

/** What Elasticsearch and OpenSearch read before their variable, one file after the other. */
function searchOptions(container: Container): Word[] {
  const [name] = /^(?:elasticsearch|opensearch)/.exec(imageName(container.image).name) ?? []
  if (name === undefined) return []
  const folder = `/usr/share/${name}/config`
  return [
    ...filesIn(container, folder, /^jvm\.options$/),
    ...filesIn(container, `${folder}/jvm.options.d`, /\.options$/),
  ].flatMap(({ excerpt }) => optionLines(excerpt))
}

function readOptions(options: readonly Word[]): Pick<Jvm, 'flags' | 'setBy'> {
  let flags = NO_FLAGS
  const setBy = new Map<keyof JvmFlags, Word>()
  for (const word of options) {
    if (/\s/.test(word.text)) continue
    const reading = readJvmFlags(word.text)
    for (const key of reading.setBy.keys()) {
      flags = { ...flags, [key]: reading.flags[key] }
      setBy.set(key, word)
    }
  }
  return { flags, setBy }
}

/** What follows `-jar` or the main class belongs to the program. */
function commandLineOptions(container: Container): readonly Word[] {
  const [, ...words] = programWords(container.words, JAVA)
  const options: Word[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at]
    if (word === undefined || word.text === '-jar' || word.text === '-m') break
    if (!/^[-@$]/.test(word.text)) break
    options.push(word)
    if (
      /^(?:-cp|-classpath|--class-path|-p|--module-path|--add-modules|--add-opens|--add-exports)$/.test(
        word.text,
      )
    )
      at++
  }
  return options
}

/** `$JAVA_OPTS` of a shell, or `$(JAVA_OPTS)` of Kubernetes. */
export function expands({ words }: Container, name: string): boolean {
  return words.some(({ text }) => new RegExp(`\\$[({]?${name}\\b`).test(text))
}

/** The major version that a tag names: `17-jre`, `8u212-jdk`, `jdk-21`, `openjdk-11`. */
function versionOf(image: Word | null): number | null {
  const { name, tag } = imageName(image)
  if (!IMAGES.includes(name)) return null
  const number =
    name === 'tomcat' || name === 'jetty'
      ? /(?:jdk|jre|openjdk)-?(\d+)/.exec(tag)?.[1]
      : /^(?:jdk-?)?(\d+)/.exec(tag)?.[1]
  return number === undefined ? null : Number(number)
}

/** The largest heap, where the file and the limit say it; null where they do not. */
export function heapOf(jvm: Jvm, limitBytes: number): number | null {
  const { flags } = jvm
  const isSet = flags.maxHeapBytes !== null || flags.maxRamPercentage !== null
  return isSet || (jvm.isWhole && jvm.runsJava)
    ? maxHeapBytes(flags, { limitBytes, processors: null })
    : null
}
