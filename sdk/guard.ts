/**
 * Makes a function that never throws: the host page must not feel that we are there. What goes wrong is handed to
 * `failed`, and the answer is undefined.
 */
export function guard<A extends unknown[], R>(
  act: (...args: A) => R,
  failed?: () => void,
): (...args: A) => R | undefined {
  return (...args) => {
    try {
      return act(...args)
    } catch {
      return failed?.() as undefined
    }
  }
}
