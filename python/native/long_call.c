#include "python/native/long_call.h"
#include "dimsat/base.h"
#include "python/native/python.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

#define STACK_BYTES ((size_t)8 << 20) /* what Z3 needs: docs/limits.md */

/* How often signals are looked for that do not interrupt the waiting, such as
 * those that Python sends itself. */
#define GLANCE_MICROSECONDS 50000

typedef struct {
  long_work *work;
  void *data;
  volatile bool cancel;
  PyThread_type_lock running; /* held until the work has ended */
} call;

/* The thread that works. */
static void *run(void *data) {
  call *const c = data;
  c->work(c->data, &c->cancel);
  PyThread_release_lock(c->running);
  return NULL;
}

/* Starts the thread, which gets no signals; 0 or an error number. */
static int start(pthread_t *thread, call *c) {
  pthread_attr_t attributes;
  int error = pthread_attr_init(&attributes);
  if (error != 0)
    return error;
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  error = pthread_create(thread, &attributes, run, c);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  return error;
}

/* Waits for the end of the work, for a signal, or for a while. */
static bool wait_for_end(call *c) {
  PyLockStatus status;
  Py_BEGIN_ALLOW_THREADS;
  status = PyThread_acquire_lock_timed(c->running, GLANCE_MICROSECONDS, 1);
  Py_END_ALLOW_THREADS;
  return status == PY_LOCK_ACQUIRED;
}

/* Waits for the thread; false where a signal's function raised. */
static bool finish(pthread_t thread, call *c) {
  bool raised = false;
  while (!raised && !wait_for_end(c))
    raised = PyErr_CheckSignals() != 0;
  if (raised)
    dimsat_cancel(&c->cancel);
  Py_BEGIN_ALLOW_THREADS;
  pthread_join(thread, NULL);
  Py_END_ALLOW_THREADS;
  return !raised;
}

/* Works in another thread; see long_call.h. */
bool long_call(long_work *work, void *data) {
  call c = {.work = work, .data = data, .running = PyThread_allocate_lock()};
  if (c.running == NULL) {
    PyErr_NoMemory();
    return false;
  }
  PyThread_acquire_lock(c.running, 1);
  pthread_t thread;
  const int error = start(&thread, &c);
  if (error != 0)
    PyErr_Format(PyExc_RuntimeError, "no thread could be started: %s",
                 strerror(error));
  const bool done = error == 0 && finish(thread, &c);
  PyThread_free_lock(c.running);
  return done;
}
