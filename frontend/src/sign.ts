// A field to sign in: what is drawn goes along with the form as a picture.
export function startSigning(root: ParentNode): void {
  root.querySelectorAll<HTMLFormElement>("form[data-sign]").forEach((form) => {
    const canvas = form.querySelector<HTMLCanvasElement>("canvas");
    const kept = form.querySelector<HTMLInputElement>("input[name=drawing]");
    const pen = canvas?.getContext("2d");
    if (form.dataset.started || !canvas || !kept || !pen) return;
    form.dataset.started = "yes";
    let drawing = false;
    const clear = () => {
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.strokeStyle = "#111";
      pen.lineWidth = 3;
      pen.lineCap = "round";
      kept.value = "";
    };
    const at = (event: PointerEvent): [number, number] => {
      const box = canvas.getBoundingClientRect();
      return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height];
    };
    // Signed already, when a renewal of the page put this field in the place of another.
    const drawn = kept.value;
    canvas.addEventListener("pointerdown", (event) => {
      drawing = true;
      canvas.setPointerCapture(event.pointerId);
      pen.beginPath();
      pen.moveTo(...at(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!drawing) return;
      pen.lineTo(...at(event));
      pen.stroke();
    });
    canvas.addEventListener("pointerup", () => { drawing = false; kept.value = canvas.toDataURL("image/png"); });
    form.querySelector("[data-clear]")?.addEventListener("click", clear);
    clear();
    if (drawn) {
      kept.value = drawn;
      const picture = new Image();
      picture.addEventListener("load", () => pen.drawImage(picture, 0, 0));
      picture.src = drawn;
    }
  });
}
