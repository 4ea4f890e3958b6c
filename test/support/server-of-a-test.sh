#!/bin/sh
# Becomes the server that TEST_SERVER names, and sees to it that the server ends with the process that started it,
# however that ends: the SDK kills it on tear-down only.
server=$$
starter=$PPID
(
  while kill -0 "$starter" && kill -0 "$server"; do sleep 1; done
  kill -0 "$starter" || kill -9 "$server"
) </dev/null >/dev/null 2>&1 &
exec "$TEST_SERVER" "$@"
