/** A sentence that answers the question of a panel. */
export interface Verdict {
  state: 'waiting' | 'good' | 'bad'
  text: string
}

/** Shows the sentence, and marks the place with its state. */
export function showVerdict(place: HTMLElement, { state, text }: Verdict): void {
  place.dataset['state'] = state
  place.textContent = text
}
