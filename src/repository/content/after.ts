/** Goes on at once with what is there, later with what is still to come: a lookup that needs no request needs no promise. */
export function after<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
