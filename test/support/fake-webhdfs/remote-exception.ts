/** An exception as Hadoop's servers answer it (org.apache.hadoop.hdfs.web.resources.ExceptionHandler). */
export class FakeRemoteException extends Error {
  readonly exception: string
  readonly status: number

  constructor(exception: string, message: string, status: number) {
    super(message)
    this.exception = exception
    this.status = status
  }

  get body(): string {
    const { exception, message } = this
    const javaClassName = `org.apache.hadoop.fake.${exception}`
    return JSON.stringify({ RemoteException: { exception, javaClassName, message } })
  }
}

/** Most of them are IOExceptions, and those are a 403. */
const statuses: Readonly<Record<string, number>> = {
  FileNotFoundException: 404,
  IllegalArgumentException: 400,
  InvalidPathException: 400,
  UnsupportedOperationException: 400,
  SecurityException: 401,
  AuthenticationException: 401,
  RuntimeException: 500,
}

export function exceptionOf(exception: string, message = `a ${exception}`): FakeRemoteException {
  return new FakeRemoteException(exception, message, statuses[exception] ?? 403)
}
