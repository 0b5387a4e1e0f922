;; Maxima of rows of bytes, 16 at a time.
(module
  (memory (export "memory") 1)

  ;; Each of $length bytes at $to becomes the larger of itself and the one at $from; bytes up to the next 16 too.
  (func (export "raise") (param $to i32) (param $from i32) (param $length i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $to) (local.get $length)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $to) (local.get $end)))
        (v128.store (local.get $to) (i8x16.max_u (v128.load (local.get $to)) (v128.load (local.get $from))))
        (local.set $to (i32.add (local.get $to) (i32.const 16)))
        (local.set $from (i32.add (local.get $from) (i32.const 16)))
        (br $next))))

  ;; Each of $length bytes at $to becomes the largest of three at $from: $step to the left, here, and $step to the right.
  (func (export "widen") (param $to i32) (param $from i32) (param $length i32) (param $step i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $to) (local.get $length)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $to) (local.get $end)))
        (v128.store (local.get $to)
          (i8x16.max_u
            (v128.load (local.get $from))
            (i8x16.max_u
              (v128.load (i32.sub (local.get $from) (local.get $step)))
              (v128.load (i32.add (local.get $from) (local.get $step))))))
        (local.set $to (i32.add (local.get $to) (i32.const 16)))
        (local.set $from (i32.add (local.get $from) (i32.const 16)))
        (br $next))))
)
