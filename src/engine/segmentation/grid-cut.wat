;; The minimum cut of grid-min-cut.ts, which says what each function does. Values are of 32 bits, of trees, parents and queues
;; of 8. A link lies at 8 times its node plus its direction; `^ 1` is the opposite direction.
(module
  (memory (export "memory") 1)

  (global $capacity (mut i32) (i32.const 0))
  (global $terminal (mut i32) (i32.const 0))
  (global $tree (mut i32) (i32.const 0))
  (global $parent (mut i32) (i32.const 0))
  (global $stamp (mut i32) (i32.const 0))
  (global $distance (mut i32) (i32.const 0))
  (global $activeNodes (mut i32) (i32.const 0))
  (global $activeQueued (mut i32) (i32.const 0))
  (global $activeBegin (mut i32) (i32.const 0))
  (global $activeSize (mut i32) (i32.const 0))
  (global $orphanNodes (mut i32) (i32.const 0))
  (global $orphanQueued (mut i32) (i32.const 0))
  (global $orphanBegin (mut i32) (i32.const 0))
  (global $orphanSize (mut i32) (i32.const 0))
  (global $offsets (mut i32) (i32.const 0))
  (global $count (mut i32) (i32.const 0))
  (global $time (mut i32) (i32.const 0))
  (global $right (mut i32) (i32.const 0))
  (global $down (mut i32) (i32.const 0))
  (global $downRight (mut i32) (i32.const 0))
  (global $downLeft (mut i32) (i32.const 0))
  (global $terminals (mut i32) (i32.const 0))

  ;; The addresses of arrays that take a value for each node of the padded grid, all 0; of eight steps to neighbors.
  (func (export "open")
    (param $capacities i32) (param $terminalsOfNodes i32) (param $trees i32) (param $parents i32) (param $stamps i32)
    (param $distances i32) (param $actives i32) (param $activesQueued i32) (param $orphans i32)
    (param $orphansQueued i32) (param $steps i32) (param $nodes i32)
    (global.set $capacity (local.get $capacities))
    (global.set $terminal (local.get $terminalsOfNodes))
    (global.set $tree (local.get $trees))
    (global.set $parent (local.get $parents))
    (global.set $stamp (local.get $stamps))
    (global.set $distance (local.get $distances))
    (global.set $activeNodes (local.get $actives))
    (global.set $activeQueued (local.get $activesQueued))
    (global.set $activeBegin (i32.const 0))
    (global.set $activeSize (i32.const 0))
    (global.set $orphanNodes (local.get $orphans))
    (global.set $orphanQueued (local.get $orphansQueued))
    (global.set $orphanBegin (i32.const 0))
    (global.set $orphanSize (i32.const 0))
    (global.set $offsets (local.get $steps))
    (global.set $count (local.get $nodes))
    (global.set $time (i32.const 0)))

  ;; Adds a node to the end of the queue of active nodes, if it is not in it.
  (func $pushActive (param $node i32)
    (local $at i32)
    (if (i32.ne (i32.load8_u (i32.add (global.get $activeQueued) (local.get $node))) (i32.const 0))
      (then
        (return)))
    (i32.store8 (i32.add (global.get $activeQueued) (local.get $node)) (i32.const 1))
    (local.set $at (i32.add (global.get $activeBegin) (global.get $activeSize)))
    (global.set $activeSize (i32.add (global.get $activeSize) (i32.const 1)))
    (if (i32.ge_s (local.get $at) (global.get $count))
      (then
        (local.set $at (i32.sub (local.get $at) (global.get $count)))))
    (i32.store (i32.add (global.get $activeNodes) (i32.shl (local.get $at) (i32.const 2))) (local.get $node)))

  ;; Takes the first node out of that queue.
  (func $shiftActive (result i32)
    (local $node i32)
    (local.set $node (i32.load (i32.add (global.get $activeNodes) (i32.shl (global.get $activeBegin) (i32.const 2)))))
    (i32.store8 (i32.add (global.get $activeQueued) (local.get $node)) (i32.const 0))
    (global.set $activeSize (i32.sub (global.get $activeSize) (i32.const 1)))
    (global.set $activeBegin (i32.add (global.get $activeBegin) (i32.const 1)))
    (if (i32.eq (global.get $activeBegin) (global.get $count))
      (then
        (global.set $activeBegin (i32.const 0))))
    (return (local.get $node)))

  ;; Takes the parent of a node (9 instead), which waits for a new one.
  (func $orphan (param $node i32)
    (local $at i32)
    (i32.store8 (i32.add (global.get $parent) (local.get $node)) (i32.const 9))
    (if (i32.ne (i32.load8_u (i32.add (global.get $orphanQueued) (local.get $node))) (i32.const 0))
      (then
        (return)))
    (i32.store8 (i32.add (global.get $orphanQueued) (local.get $node)) (i32.const 1))
    (local.set $at (i32.add (global.get $orphanBegin) (global.get $orphanSize)))
    (global.set $orphanSize (i32.add (global.get $orphanSize) (i32.const 1)))
    (if (i32.ge_s (local.get $at) (global.get $count))
      (then
        (local.set $at (i32.sub (local.get $at) (global.get $count)))))
    (i32.store (i32.add (global.get $orphanNodes) (i32.shl (local.get $at) (i32.const 2))) (local.get $node)))

  ;; Takes the first node out of the queue of orphans.
  (func $shiftOrphan (result i32)
    (local $node i32)
    (local.set $node (i32.load (i32.add (global.get $orphanNodes) (i32.shl (global.get $orphanBegin) (i32.const 2)))))
    (i32.store8 (i32.add (global.get $orphanQueued) (local.get $node)) (i32.const 0))
    (global.set $orphanSize (i32.sub (global.get $orphanSize) (i32.const 1)))
    (global.set $orphanBegin (i32.add (global.get $orphanBegin) (i32.const 1)))
    (if (i32.eq (global.get $orphanBegin) (global.get $count))
      (then
        (global.set $orphanBegin (i32.const 0))))
    (return (local.get $node)))

  ;; Gives a link, of an even direction, the same capacity both ways.
  (func $link (param $node i32) (param $direction i32) (param $value i32)
    (i32.store
      (i32.add
        (global.get $capacity)
        (i32.shl (i32.add (i32.mul (local.get $node) (i32.const 8)) (local.get $direction)) (i32.const 2)))
      (local.get $value))
    (i32.store
      (i32.add
        (global.get $capacity)
        (i32.shl
          (i32.add
            (i32.add
              (i32.mul
                (i32.add
                  (local.get $node)
                  (i32.load (i32.add (global.get $offsets) (i32.shl (local.get $direction) (i32.const 2)))))
                (i32.const 8))
              (local.get $direction))
            (i32.const 1))
          (i32.const 2)))
      (local.get $value)))

  ;; Takes the terminals and links of an image's pixels, and makes all nodes active.
  (func (export "takeGraph")
    (param $width i32) (param $height i32) (param $terminalsOfPixels i32) (param $rights i32) (param $downs i32)
    (param $downRights i32) (param $downLefts i32)
    (local $i i32) (local $y i32) (local $node i32) (local $x i32)
    (global.set $terminals (local.get $terminalsOfPixels))
    (global.set $right (local.get $rights))
    (global.set $down (local.get $downs))
    (global.set $downRight (local.get $downRights))
    (global.set $downLeft (local.get $downLefts))
    (local.set $i (i32.const 0))
    (local.set $y (i32.const 0))
    (block $done1
      (loop $next1
        (br_if $done1 (i32.eqz (i32.lt_s (local.get $y) (local.get $height))))
        (local.set $node
          (i32.add (i32.mul (i32.add (local.get $y) (i32.const 1)) (i32.add (local.get $width) (i32.const 2))) (i32.const 1)))
        (local.set $x (i32.const 0))
        (block $done2
          (loop $next2
            (br_if $done2 (i32.eqz (i32.lt_s (local.get $x) (local.get $width))))
            (i32.store
              (i32.add (global.get $terminal) (i32.shl (local.get $node) (i32.const 2)))
              (i32.load (i32.add (global.get $terminals) (i32.shl (local.get $i) (i32.const 2)))))
            (if (i32.lt_s (i32.add (local.get $x) (i32.const 1)) (local.get $width))
              (then
                (call $link
                  (local.get $node)
                  (i32.const 0)
                  (i32.load (i32.add (global.get $right) (i32.shl (local.get $i) (i32.const 2)))))))
            (if (i32.lt_s (i32.add (local.get $y) (i32.const 1)) (local.get $height))
              (then
                (call $link
                  (local.get $node)
                  (i32.const 2)
                  (i32.load (i32.add (global.get $down) (i32.shl (local.get $i) (i32.const 2)))))
                (if (i32.lt_s (i32.add (local.get $x) (i32.const 1)) (local.get $width))
                  (then
                    (call $link
                      (local.get $node)
                      (i32.const 4)
                      (i32.load (i32.add (global.get $downRight) (i32.shl (local.get $i) (i32.const 2)))))))
                (if (i32.gt_s (local.get $x) (i32.const 0))
                  (then
                    (call $link
                      (local.get $node)
                      (i32.const 6)
                      (i32.load (i32.add (global.get $downLeft) (i32.shl (local.get $i) (i32.const 2)))))))))
            (call $pushActive (local.get $node))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (local.set $node (i32.add (local.get $node) (i32.const 1)))
            (local.set $x (i32.add (local.get $x) (i32.const 1)))
            (br $next2)))
        (local.set $y (i32.add (local.get $y) (i32.const 1)))
        (br $next1))))

  ;; Puts a node whose terminal outweighs all of its links on that side; the links become terminals of its neighbors.
  (func $decide (param $node i32)
    (local $links i32) (local $k i32) (local $own i32) (local $d i32) (local $value i32) (local $neighbor i32)
    (local.set $links (i32.const 0))
    (local.set $k (i32.mul (local.get $node) (i32.const 8)))
    (block $done1
      (loop $next1
        (br_if $done1 (i32.eqz (i32.lt_s (local.get $k) (i32.add (i32.mul (local.get $node) (i32.const 8)) (i32.const 8)))))
        (local.set $links
          (i32.add (local.get $links) (i32.load (i32.add (global.get $capacity) (i32.shl (local.get $k) (i32.const 2))))))
        (local.set $k (i32.add (local.get $k) (i32.const 1)))
        (br $next1)))
    (local.set $own (i32.const 1))
    (if (i32.le_s (i32.load (i32.add (global.get $terminal) (i32.shl (local.get $node) (i32.const 2)))) (local.get $links))
      (then
        (if
            (i32.lt_s
              (i32.sub (i32.const 0) (i32.load (i32.add (global.get $terminal) (i32.shl (local.get $node) (i32.const 2)))))
              (local.get $links))
          (then
            (return)))
        (local.set $own (i32.const 2))))
    (i32.store8 (i32.add (global.get $tree) (local.get $node)) (local.get $own))
    (local.set $d (i32.const 0))
    (block $done2
      (loop $next2
        (br_if $done2 (i32.eqz (i32.lt_s (local.get $d) (i32.const 8))))
        (local.set $value
          (i32.load
            (i32.add
              (global.get $capacity)
              (i32.shl (i32.add (i32.mul (local.get $node) (i32.const 8)) (local.get $d)) (i32.const 2)))))
        (if (i32.ne (local.get $value) (i32.const 0))
          (then
            (local.set $neighbor
              (i32.add (local.get $node) (i32.load (i32.add (global.get $offsets) (i32.shl (local.get $d) (i32.const 2))))))
            (i32.store
              (i32.add
                (global.get $capacity)
                (i32.shl (i32.add (i32.mul (local.get $node) (i32.const 8)) (local.get $d)) (i32.const 2)))
              (i32.const 0))
            (i32.store
              (i32.add
                (global.get $capacity)
                (i32.shl
                  (i32.add (i32.mul (local.get $neighbor) (i32.const 8)) (i32.xor (local.get $d) (i32.const 1)))
                  (i32.const 2)))
              (i32.const 0))
            (i32.store
              (i32.add (global.get $terminal) (i32.shl (local.get $neighbor) (i32.const 2)))
              (i32.add
                (i32.load (i32.add (global.get $terminal) (i32.shl (local.get $neighbor) (i32.const 2))))
                (select (local.get $value) (i32.sub (i32.const 0) (local.get $value)) (i32.eq (local.get $own) (i32.const 1)))))
            (call $pushActive (local.get $neighbor))))
        (local.set $d (i32.add (local.get $d) (i32.const 1)))
        (br $next2))))

  ;; Adds free neighbors to the tree of a node; returns the direction in which the other tree was met, or -1.
  (func $grow (param $node i32) (result i32)
    (local $own i32) (local $d i32) (local $neighbor i32) (local $residual i32)
    (local.set $own (i32.load8_u (i32.add (global.get $tree) (local.get $node))))
    (local.set $d (i32.const -1))
    (block $done1
      (loop $next1
        (local.set $d (i32.add (local.get $d) (i32.const 1)))
        (if (i32.eq (local.get $d) (i32.const 8))
          (then
            (return (i32.const -1))))
        (local.set $neighbor
          (i32.add (local.get $node) (i32.load (i32.add (global.get $offsets) (i32.shl (local.get $d) (i32.const 2))))))
        (if (i32.eq (local.get $own) (i32.const 1))
          (then
            (local.set $residual
              (i32.load
                (i32.add
                  (global.get $capacity)
                  (i32.shl (i32.add (i32.mul (local.get $node) (i32.const 8)) (local.get $d)) (i32.const 2))))))
          (else
            (local.set $residual
              (i32.load
                (i32.add
                  (global.get $capacity)
                  (i32.shl
                    (i32.add (i32.mul (local.get $neighbor) (i32.const 8)) (i32.xor (local.get $d) (i32.const 1)))
                    (i32.const 2)))))))
        (br_if $next1 (i32.eqz (local.get $residual)))
        (if (i32.eqz (i32.load8_u (i32.add (global.get $tree) (local.get $neighbor))))
          (then
            (i32.store8 (i32.add (global.get $tree) (local.get $neighbor)) (local.get $own))
            (i32.store8 (i32.add (global.get $parent) (local.get $neighbor)) (i32.xor (local.get $d) (i32.const 1)))
            (i32.store
              (i32.add (global.get $stamp) (i32.shl (local.get $neighbor) (i32.const 2)))
              (i32.load (i32.add (global.get $stamp) (i32.shl (local.get $node) (i32.const 2)))))
            (i32.store
              (i32.add (global.get $distance) (i32.shl (local.get $neighbor) (i32.const 2)))
              (i32.add (i32.load (i32.add (global.get $distance) (i32.shl (local.get $node) (i32.const 2)))) (i32.const 1)))
            (call $pushActive (local.get $neighbor))
            (br $next1)))
        (if (i32.ne (i32.load8_u (i32.add (global.get $tree) (local.get $neighbor))) (local.get $own))
          (then
            (return (local.get $d))))
        ;; A shorter way to the terminal.
        (if
            (i32.and
              (i32.le_s
                (i32.load (i32.add (global.get $stamp) (i32.shl (local.get $neighbor) (i32.const 2))))
                (i32.load (i32.add (global.get $stamp) (i32.shl (local.get $node) (i32.const 2)))))
              (i32.gt_s
                (i32.load (i32.add (global.get $distance) (i32.shl (local.get $neighbor) (i32.const 2))))
                (i32.load (i32.add (global.get $distance) (i32.shl (local.get $node) (i32.const 2))))))
          (then
            (i32.store8 (i32.add (global.get $parent) (local.get $neighbor)) (i32.xor (local.get $d) (i32.const 1)))
            (i32.store
              (i32.add (global.get $stamp) (i32.shl (local.get $neighbor) (i32.const 2)))
              (i32.load (i32.add (global.get $stamp) (i32.shl (local.get $node) (i32.const 2)))))
            (i32.store
              (i32.add (global.get $distance) (i32.shl (local.get $neighbor) (i32.const 2)))
              (i32.add (i32.load (i32.add (global.get $distance) (i32.shl (local.get $node) (i32.const 2)))) (i32.const 1)))))
        (br $next1)))
    (return (i32.const -1)))

  ;; Sends what fits along the path through a link of a node of the source's tree.
  (func $augment (param $node i32) (param $direction i32)
    (local $across i32) (local $amount i32) (local $at i32) (local $d i32) (local $further i32) (local $left i32)
    (local.set $across
      (i32.add (local.get $node) (i32.load (i32.add (global.get $offsets) (i32.shl (local.get $direction) (i32.const 2))))))
    (local.set $amount
      (i32.load
        (i32.add
          (global.get $capacity)
          (i32.shl (i32.add (i32.mul (local.get $node) (i32.const 8)) (local.get $direction)) (i32.const 2)))))
    (local.set $at (local.get $node))
    (local.set $d (i32.load8_u (i32.add (global.get $parent) (local.get $at))))
    (block $done1
      (loop $next1
        (br_if $done1 (i32.eqz (i32.ne (local.get $d) (i32.const 8))))
        (local.set $at
          (i32.add (local.get $at) (i32.load (i32.add (global.get $offsets) (i32.shl (local.get $d) (i32.const 2))))))
        (local.set $amount
          (select
            (local.get $amount)
            (i32.load
              (i32.add
                (global.get $capacity)
                (i32.shl
                  (i32.add (i32.mul (local.get $at) (i32.const 8)) (i32.xor (local.get $d) (i32.const 1)))
                  (i32.const 2))))
            (i32.lt_s
              (local.get $amount)
              (i32.load
                (i32.add
                  (global.get $capacity)
                  (i32.shl
                    (i32.add (i32.mul (local.get $at) (i32.const 8)) (i32.xor (local.get $d) (i32.const 1)))
                    (i32.const 2)))))))
        (local.set $d (i32.load8_u (i32.add (global.get $parent) (local.get $at))))
        (br $next1)))
    (local.set $amount
      (select
        (local.get $amount)
        (i32.load (i32.add (global.get $terminal) (i32.shl (local.get $at) (i32.const 2))))
        (i32.lt_s (local.get $amount) (i32.load (i32.add (global.get $terminal) (i32.shl (local.get $at) (i32.const 2)))))))
    ;; Along the way of the other tree.
    (local.set $at (local.get $across))
    (local.set $d (i32.load8_u (i32.add (global.get $parent) (local.get $at))))
    (block $done2
      (loop $next2
        (br_if $done2 (i32.eqz (i32.ne (local.get $d) (i32.const 8))))
        (local.set $amount
          (select
            (local.get $amount)
            (i32.load
              (i32.add
                (global.get $capacity)
                (i32.shl (i32.add (i32.mul (local.get $at) (i32.const 8)) (local.get $d)) (i32.const 2))))
            (i32.lt_s
              (local.get $amount)
              (i32.load
                (i32.add
                  (global.get $capacity)
                  (i32.shl (i32.add (i32.mul (local.get $at) (i32.const 8)) (local.get $d)) (i32.const 2)))))))
        (local.set $at
          (i32.add (local.get $at) (i32.load (i32.add (global.get $offsets) (i32.shl (local.get $d) (i32.const 2))))))
        (local.set $d (i32.load8_u (i32.add (global.get $parent) (local.get $at))))
        (br $next2)))
    (local.set $amount
      (select
        (local.get $amount)
        (i32.sub (i32.const 0) (i32.load (i32.add (global.get $terminal) (i32.shl (local.get $at) (i32.const 2)))))
        (i32.lt_s
          (local.get $amount)
          (i32.sub (i32.const 0) (i32.load (i32.add (global.get $terminal) (i32.shl (local.get $at) (i32.const 2))))))))
    ;; The same ways again, with what fits.
    (i32.store
      (i32.add
        (global.get $capacity)
        (i32.shl (i32.add (i32.mul (local.get $node) (i32.const 8)) (local.get $direction)) (i32.const 2)))
      (i32.sub
        (i32.load
          (i32.add
            (global.get $capacity)
            (i32.shl (i32.add (i32.mul (local.get $node) (i32.const 8)) (local.get $direction)) (i32.const 2))))
        (local.get $amount)))
    (i32.store
      (i32.add
        (global.get $capacity)
        (i32.shl
          (i32.add (i32.mul (local.get $across) (i32.const 8)) (i32.xor (local.get $direction) (i32.const 1)))
          (i32.const 2)))
      (i32.add
        (i32.load
          (i32.add
            (global.get $capacity)
            (i32.shl
              (i32.add (i32.mul (local.get $across) (i32.const 8)) (i32.xor (local.get $direction) (i32.const 1)))
              (i32.const 2))))
        (local.get $amount)))
    (local.set $at (local.get $node))
    (local.set $d (i32.load8_u (i32.add (global.get $parent) (local.get $at))))
    (block $done3
      (loop $next3
        (br_if $done3 (i32.eqz (i32.ne (local.get $d) (i32.const 8))))
        (local.set $further
          (i32.add (local.get $at) (i32.load (i32.add (global.get $offsets) (i32.shl (local.get $d) (i32.const 2))))))
        (i32.store
          (i32.add
            (global.get $capacity)
            (i32.shl (i32.add (i32.mul (local.get $at) (i32.const 8)) (local.get $d)) (i32.const 2)))
          (i32.add
            (i32.load
              (i32.add
                (global.get $capacity)
                (i32.shl (i32.add (i32.mul (local.get $at) (i32.const 8)) (local.get $d)) (i32.const 2))))
            (local.get $amount)))
        (local.set $left
          (i32.sub
            (i32.load
              (i32.add
                (global.get $capacity)
                (i32.shl
                  (i32.add (i32.mul (local.get $further) (i32.const 8)) (i32.xor (local.get $d) (i32.const 1)))
                  (i32.const 2))))
            (local.get $amount)))
        (i32.store
          (i32.add
            (global.get $capacity)
            (i32.shl
              (i32.add (i32.mul (local.get $further) (i32.const 8)) (i32.xor (local.get $d) (i32.const 1)))
              (i32.const 2)))
          (local.get $left))
        (if (i32.eqz (local.get $left))
          (then
            (call $orphan (local.get $at))))
        (local.set $at (local.get $further))
        (local.set $d (i32.load8_u (i32.add (global.get $parent) (local.get $at))))
        (br $next3)))
    (local.set $left
      (i32.sub (i32.load (i32.add (global.get $terminal) (i32.shl (local.get $at) (i32.const 2)))) (local.get $amount)))
    (i32.store (i32.add (global.get $terminal) (i32.shl (local.get $at) (i32.const 2))) (local.get $left))
    (if (i32.eqz (local.get $left))
      (then
        (call $orphan (local.get $at))))
    (local.set $at (local.get $across))
    (local.set $d (i32.load8_u (i32.add (global.get $parent) (local.get $at))))
    (block $done4
      (loop $next4
        (br_if $done4 (i32.eqz (i32.ne (local.get $d) (i32.const 8))))
        (local.set $further
          (i32.add (local.get $at) (i32.load (i32.add (global.get $offsets) (i32.shl (local.get $d) (i32.const 2))))))
        (i32.store
          (i32.add
            (global.get $capacity)
            (i32.shl
              (i32.add (i32.mul (local.get $further) (i32.const 8)) (i32.xor (local.get $d) (i32.const 1)))
              (i32.const 2)))
          (i32.add
            (i32.load
              (i32.add
                (global.get $capacity)
                (i32.shl
                  (i32.add (i32.mul (local.get $further) (i32.const 8)) (i32.xor (local.get $d) (i32.const 1)))
                  (i32.const 2))))
            (local.get $amount)))
        (local.set $left
          (i32.sub
            (i32.load
              (i32.add
                (global.get $capacity)
                (i32.shl (i32.add (i32.mul (local.get $at) (i32.const 8)) (local.get $d)) (i32.const 2))))
            (local.get $amount)))
        (i32.store
          (i32.add
            (global.get $capacity)
            (i32.shl (i32.add (i32.mul (local.get $at) (i32.const 8)) (local.get $d)) (i32.const 2)))
          (local.get $left))
        (if (i32.eqz (local.get $left))
          (then
            (call $orphan (local.get $at))))
        (local.set $at (local.get $further))
        (local.set $d (i32.load8_u (i32.add (global.get $parent) (local.get $at))))
        (br $next4)))
    (local.set $left
      (i32.add (i32.load (i32.add (global.get $terminal) (i32.shl (local.get $at) (i32.const 2)))) (local.get $amount)))
    (i32.store (i32.add (global.get $terminal) (i32.shl (local.get $at) (i32.const 2))) (local.get $left))
    (if (i32.eqz (local.get $left))
      (then
        (call $orphan (local.get $at)))))

  ;; Links from a node to its terminal; the largest number where the way there ends at an orphan.
  (func $distanceToTerminal (param $node i32) (result i32)
    (local $length i32) (local $at i32) (local $d i32) (local $left i32)
    (local.set $length (i32.const 0))
    (local.set $at (local.get $node))
    (block $done1
      (loop $next1
        (if (i32.eq (i32.load (i32.add (global.get $stamp) (i32.shl (local.get $at) (i32.const 2)))) (global.get $time))
          (then
            (local.set $length
              (i32.add
                (local.get $length)
                (i32.load (i32.add (global.get $distance) (i32.shl (local.get $at) (i32.const 2))))))
            (br $done1)))
        (local.set $d (i32.load8_u (i32.add (global.get $parent) (local.get $at))))
        (if (i32.eq (local.get $d) (i32.const 9))
          (then
            (return (i32.const 2147483647))))
        (local.set $length (i32.add (local.get $length) (i32.const 1)))
        (if (i32.eq (local.get $d) (i32.const 8))
          (then
            (i32.store (i32.add (global.get $stamp) (i32.shl (local.get $at) (i32.const 2))) (global.get $time))
            (i32.store (i32.add (global.get $distance) (i32.shl (local.get $at) (i32.const 2))) (i32.const 1))
            (br $done1)))
        (local.set $at
          (i32.add (local.get $at) (i32.load (i32.add (global.get $offsets) (i32.shl (local.get $d) (i32.const 2))))))
        (br $next1)))
    ;; All nodes on the way know it now.
    (local.set $left (local.get $length))
    (local.set $at (local.get $node))
    (block $done2
      (loop $next2
        (br_if $done2
          (i32.eqz
            (i32.ne (i32.load (i32.add (global.get $stamp) (i32.shl (local.get $at) (i32.const 2)))) (global.get $time))))
        (i32.store (i32.add (global.get $stamp) (i32.shl (local.get $at) (i32.const 2))) (global.get $time))
        (i32.store (i32.add (global.get $distance) (i32.shl (local.get $at) (i32.const 2))) (local.get $left))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (local.set $at
          (i32.add
            (local.get $at)
            (i32.load
              (i32.add
                (global.get $offsets)
                (i32.shl (i32.load8_u (i32.add (global.get $parent) (local.get $at))) (i32.const 2))))))
        (br $next2)))
    (return (local.get $length)))

  ;; Finds an orphan the nearest parent that leads to its terminal; sets it free where there is none.
  (func $adopt (param $node i32)
    (local $own i32) (local $best i32) (local $least i32) (local $d i32) (local $neighbor i32) (local $residual i32)
    (local $length i32)
    (local.set $own (i32.load8_u (i32.add (global.get $tree) (local.get $node))))
    (local.set $best (i32.const -1))
    (local.set $least (i32.const 2147483647))
    (local.set $d (i32.const -1))
    (block $done1
      (loop $next1
        (local.set $d (i32.add (local.get $d) (i32.const 1)))
        (br_if $done1 (i32.eq (local.get $d) (i32.const 8)))
        (local.set $neighbor
          (i32.add (local.get $node) (i32.load (i32.add (global.get $offsets) (i32.shl (local.get $d) (i32.const 2))))))
        (br_if $next1
          (i32.or
            (i32.ne (i32.load8_u (i32.add (global.get $tree) (local.get $neighbor))) (local.get $own))
            (i32.eq (i32.load8_u (i32.add (global.get $parent) (local.get $neighbor))) (i32.const 10))))
        (if (i32.eq (local.get $own) (i32.const 1))
          (then
            (local.set $residual
              (i32.load
                (i32.add
                  (global.get $capacity)
                  (i32.shl
                    (i32.add (i32.mul (local.get $neighbor) (i32.const 8)) (i32.xor (local.get $d) (i32.const 1)))
                    (i32.const 2))))))
          (else
            (local.set $residual
              (i32.load
                (i32.add
                  (global.get $capacity)
                  (i32.shl (i32.add (i32.mul (local.get $node) (i32.const 8)) (local.get $d)) (i32.const 2)))))))
        (br_if $next1 (i32.eqz (local.get $residual)))
        (local.set $length (call $distanceToTerminal (local.get $neighbor)))
        (if (i32.lt_s (local.get $length) (local.get $least))
          (then
            (local.set $least (local.get $length))
            (local.set $best (local.get $d))))
        (br $next1)))
    (if (i32.ge_s (local.get $best) (i32.const 0))
      (then
        (i32.store8 (i32.add (global.get $parent) (local.get $node)) (local.get $best))
        (i32.store (i32.add (global.get $stamp) (i32.shl (local.get $node) (i32.const 2))) (global.get $time))
        (i32.store
          (i32.add (global.get $distance) (i32.shl (local.get $node) (i32.const 2)))
          (i32.add (local.get $least) (i32.const 1)))
        (return)))
    (local.set $d (i32.const -1))
    (block $done2
      (loop $next2
        (local.set $d (i32.add (local.get $d) (i32.const 1)))
        (br_if $done2 (i32.eq (local.get $d) (i32.const 8)))
        (local.set $neighbor
          (i32.add (local.get $node) (i32.load (i32.add (global.get $offsets) (i32.shl (local.get $d) (i32.const 2))))))
        (br_if $next2
          (i32.or
            (i32.ne (i32.load8_u (i32.add (global.get $tree) (local.get $neighbor))) (local.get $own))
            (i32.eq (i32.load8_u (i32.add (global.get $parent) (local.get $neighbor))) (i32.const 10))))
        (if (i32.eq (local.get $own) (i32.const 1))
          (then
            (local.set $residual
              (i32.load
                (i32.add
                  (global.get $capacity)
                  (i32.shl
                    (i32.add (i32.mul (local.get $neighbor) (i32.const 8)) (i32.xor (local.get $d) (i32.const 1)))
                    (i32.const 2))))))
          (else
            (local.set $residual
              (i32.load
                (i32.add
                  (global.get $capacity)
                  (i32.shl (i32.add (i32.mul (local.get $node) (i32.const 8)) (local.get $d)) (i32.const 2)))))))
        (if (i32.gt_s (local.get $residual) (i32.const 0))
          (then
            (call $pushActive (local.get $neighbor))))
        (if (i32.eq (i32.load8_u (i32.add (global.get $parent) (local.get $neighbor))) (i32.xor (local.get $d) (i32.const 1)))
          (then
            (call $orphan (local.get $neighbor))))
        (br $next2)))
    (i32.store8 (i32.add (global.get $tree) (local.get $node)) (i32.const 0))
    (i32.store8 (i32.add (global.get $parent) (local.get $node)) (i32.const 10)))

  ;; Afterwards the tree of a node on the source's side is 1.
  (func (export "cut")
    (local $node i32) (local $direction i32) (local $dropped i32)
    (block $done1
      (loop $next1
        (br_if $done1 (i32.eqz (i32.gt_s (global.get $activeSize) (i32.const 0))))
        (call $decide (call $shiftActive))
        (br $next1)))
    (local.set $node (i32.const 0))
    (block $done2
      (loop $next2
        (br_if $done2 (i32.eqz (i32.lt_s (local.get $node) (global.get $count))))
        (i32.store8 (i32.add (global.get $parent) (local.get $node)) (i32.const 10))
        (if
            (i32.and
              (i32.ne (i32.load (i32.add (global.get $terminal) (i32.shl (local.get $node) (i32.const 2)))) (i32.const 0))
              (i32.eqz (i32.load8_u (i32.add (global.get $tree) (local.get $node)))))
          (then
            (i32.store8
              (i32.add (global.get $tree) (local.get $node))
              (select
                (i32.const 1)
                (i32.const 2)
                (i32.gt_s (i32.load (i32.add (global.get $terminal) (i32.shl (local.get $node) (i32.const 2)))) (i32.const 0))))
            (i32.store8 (i32.add (global.get $parent) (local.get $node)) (i32.const 8))
            (i32.store (i32.add (global.get $distance) (i32.shl (local.get $node) (i32.const 2))) (i32.const 1))
            (call $pushActive (local.get $node))))
        (local.set $node (i32.add (local.get $node) (i32.const 1)))
        (br $next2)))
    (block $done3
      (loop $next3
        (br_if $done3 (i32.eqz (i32.gt_s (global.get $activeSize) (i32.const 0))))
        (local.set $node (i32.load (i32.add (global.get $activeNodes) (i32.shl (global.get $activeBegin) (i32.const 2)))))
        (local.set $direction (i32.const -1))
        (if (i32.ne (i32.load8_u (i32.add (global.get $parent) (local.get $node))) (i32.const 10))
          (then
            (local.set $direction (call $grow (local.get $node)))))
        (if (i32.lt_s (local.get $direction) (i32.const 0))
          (then
            (local.set $dropped (call $shiftActive))
            (br $next3)))
        (global.set $time (i32.add (global.get $time) (i32.const 1)))
        (if (i32.eq (i32.load8_u (i32.add (global.get $tree) (local.get $node))) (i32.const 1))
          (then
            (call $augment (local.get $node) (local.get $direction)))
          (else
            (call $augment
              (i32.add
                (local.get $node)
                (i32.load (i32.add (global.get $offsets) (i32.shl (local.get $direction) (i32.const 2)))))
              (i32.xor (local.get $direction) (i32.const 1)))))
        (block $done4
          (loop $next4
            (br_if $done4 (i32.eqz (i32.gt_s (global.get $orphanSize) (i32.const 0))))
            (call $adopt (call $shiftOrphan))
            (br $next4)))
        (br $next3))))
)
