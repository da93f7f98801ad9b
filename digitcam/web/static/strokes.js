// What was written: strokes on a paper of fixed size, in units of its own; undo takes back a stroke or a clearing.

export const INK = "#181818";
export const GROUND = "#ffffff";

export class Strokes {
  constructor() {
    this.strokes = [];
    this.past = []; // states before each change; strokes themselves never change once they are finished
  }

  get empty() { return !this.strokes.length; }

  begin(point, width, erases) {
    this.past.push(this.strokes);
    this.strokes = [...this.strokes, { points: [point], width, erases }];
  }

  // Lengthen the stroke under way.
  add(point) {
    const { points } = this.strokes.at(-1);
    const [x, y] = points.at(-1);
    if (point[0] !== x || point[1] !== y) points.push(point);
  }

  undo() {
    if (this.past.length) this.strokes = this.past.pop();
  }

  clear() {
    if (this.empty) return;
    this.past.push(this.strokes);
    this.strokes = [];
  }
}

// Draw all strokes on a context whose canvas is `scale` pixels a unit.
export function paint(context, strokes, scale) {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = GROUND;
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.lineCap = context.lineJoin = "round";
  for (const stroke of strokes) paintStroke(context, stroke);
}

// A smooth line: quadratic curves between the middles of what the pointer told, the points themselves as handles.
export function paintStroke(context, { points, width, erases }) {
  context.strokeStyle = erases ? GROUND : INK;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(...points[0]);
  for (let i = 1; i < points.length - 1; i++) {
    const [x, y] = points[i];
    const [nextX, nextY] = points[i + 1];
    context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  context.lineTo(...points.at(-1));
  context.stroke();
}
