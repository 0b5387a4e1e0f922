;; Mixes the samples of RGB pixels by a share for each pixel, 8 pixels at a time.
(module
  (memory (export "memory") 1)

  ;; a + (b - a) * share / 32768, rounded, for 8 samples of two bytes; shares are 0 to 32768. q15mulr rounds as that does, and has
  ;; no 32768: such a sample is b.
  (func $mix (param $a v128) (param $b v128) (param $share v128) (result v128)
    (v128.bitselect
      (local.get $b)
      (i16x8.add
        (local.get $a)
        (i16x8.q15mulr_sat_s (i16x8.sub (local.get $b) (local.get $a)) (local.get $share)))
      (i16x8.eq (local.get $share) (i16x8.splat (i32.const 0x8000)))))

  ;; $out = mix of $back and $front, of $pixels RGB pixels, by $shares of two bytes a pixel. Up to 7 pixels more are written.
  (func (export "mix") (param $out i32) (param $back i32) (param $front i32) (param $shares i32) (param $pixels i32)
    (local $end i32)
    (local $s v128)
    (local $b v128) (local $f v128)
    (local $b2 v128) (local $f2 v128)
    (local.set $end (i32.add (local.get $shares) (i32.shl (local.get $pixels) (i32.const 1))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $shares) (local.get $end)))
        (local.set $s (v128.load (local.get $shares)))
        (local.set $b (v128.load (local.get $back)))
        (local.set $f (v128.load (local.get $front)))
        (local.set $b2 (v128.load64_zero offset=16 (local.get $back)))
        (local.set $f2 (v128.load64_zero offset=16 (local.get $front)))
        (v128.store (local.get $out)
          (i8x16.narrow_i16x8_u
            (call $mix
              (i16x8.extend_low_i8x16_u (local.get $b))
              (i16x8.extend_low_i8x16_u (local.get $f))
              (i8x16.shuffle 0 1 0 1 0 1 2 3 2 3 2 3 4 5 4 5 (local.get $s) (local.get $s)))
            (call $mix
              (i16x8.extend_high_i8x16_u (local.get $b))
              (i16x8.extend_high_i8x16_u (local.get $f))
              (i8x16.shuffle 4 5 6 7 6 7 6 7 8 9 8 9 8 9 10 11 (local.get $s) (local.get $s)))))
        (local.set $b2
          (call $mix
            (i16x8.extend_low_i8x16_u (local.get $b2))
            (i16x8.extend_low_i8x16_u (local.get $f2))
            (i8x16.shuffle 10 11 10 11 12 13 12 13 12 13 14 15 14 15 14 15 (local.get $s) (local.get $s))))
        (v128.store64_lane offset=16 0 (local.get $out)
          (i8x16.narrow_i16x8_u (local.get $b2) (local.get $b2)))
        (local.set $shares (i32.add (local.get $shares) (i32.const 16)))
        (local.set $back (i32.add (local.get $back) (i32.const 24)))
        (local.set $front (i32.add (local.get $front) (i32.const 24)))
        (local.set $out (i32.add (local.get $out) (i32.const 24)))
        (br $next))))

  ;; $out = $shares as bytes, 0 to 255, rounded; up to 7 more are written.
  (func (export "toBytes") (param $out i32) (param $shares i32) (param $pixels i32)
    (local $end i32)
    (local $s v128)
    (local $half v128)
    (local.set $half (i32x4.splat (i32.const 16384)))
    (local.set $end (i32.add (local.get $out) (local.get $pixels)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (local.set $s (v128.load (local.get $shares)))
        (local.set $s
          (i16x8.narrow_i32x4_u
            (i32x4.shr_u
              (i32x4.add (i32x4.extmul_low_i16x8_u (local.get $s) (i16x8.splat (i32.const 255))) (local.get $half))
              (i32.const 15))
            (i32x4.shr_u
              (i32x4.add (i32x4.extmul_high_i16x8_u (local.get $s) (i16x8.splat (i32.const 255))) (local.get $half))
              (i32.const 15))))
        (v128.store64_lane 0 (local.get $out) (i8x16.narrow_i16x8_u (local.get $s) (local.get $s)))
        (local.set $shares (i32.add (local.get $shares) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 8)))
        (br $next))))
)
