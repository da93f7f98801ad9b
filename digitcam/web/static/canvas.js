// Canvases that are not on the page, and their pictures as files.

export function makeCanvas(width, height) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  return canvas;
}

// A canvas's picture as a Blob, such as of the type "image/png".
export function toBlob(canvas, type, quality) {
  return new Promise((resolve, reject) => {
    const take = (blob) => (blob ? resolve(blob) : reject(new Error("This browser cannot make a picture of the canvas.")));
    canvas.toBlob(take, type, quality);
  });
}
