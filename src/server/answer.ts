/** What a call answers: a document with its name in it. */
import * as z from 'zod/mini'

export interface AnswerKind<Content extends z.ZodMiniObject = z.ZodMiniObject> {
  /** `stella.scanner-jobs/1`. */
  name: string
  /** Without the name. */
  content: Content
  /** With it. */
  document: z.ZodMiniType
}

export function answerKind<Shape extends z.core.$ZodLooseShape>(
  name: string,
  shape: Shape,
): AnswerKind<z.ZodMiniObject<Shape>> {
  const content = z.object(shape)
  return { name, content, document: z.object({ schema: z.literal(name), ...shape }) }
}

/** The document, as it is sent and printed. */
export function writeAnswer<Content extends z.ZodMiniObject>(
  { name, content }: AnswerKind<Content>,
  value: z.output<Content>,
): { schema: string } & z.input<Content> {
  return { schema: name, ...z.encode(content, value) }
}

/** What a document says; null: it is another, or none. */
export function readAnswer<Content extends z.ZodMiniObject>(
  { name, content }: AnswerKind<Content>,
  document: unknown,
): z.output<Content> | null {
  const named = z.safeParse(z.object({ schema: z.literal(name) }), document)
  const read = z.safeParse(content, document)
  return named.success && read.success ? read.data : null
}
