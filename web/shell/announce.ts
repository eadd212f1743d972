import { createStore } from './store.ts'

/** What a screen reader shall say, politely; a view puts a sentence here when something happened that one cannot hear. */
export const announcement = createStore('')

export function announce(sentence: string): void {
  announcement.set(sentence)
}
