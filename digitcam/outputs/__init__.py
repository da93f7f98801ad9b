"""Where readings go: text with ``--json`` and ``--numbers``, pictures, video, crops, a figure."""

from __future__ import annotations

from pathlib import Path

from digitcam.errors import UserError
from digitcam.outputs.base import Output
from digitcam.sources.base import Source

__all__ = ["Output", "open_outputs"]


def open_outputs(
    source: Source,
    *,
    json: str | None = None,
    save: str | None = None,
    save_crops: str | None = None,
    plot: str | None = None,
    numbers: bool = False,
    overwrite: bool = False,
    max_frames: int | None = None,
) -> list[Output]:
    """The outputs that were asked for, checked and ready.

    Args:
        source: its kind decides between picture and video, and its files are never written over.
        json: ``-``, or a path ending in .json, .jsonl or .csv.
        save: a picture, a video or a folder.
        save_crops: a folder.
        plot: a picture, of a source that is one picture.
        numbers: whether the numbers go to standard output.
        overwrite: whether files that exist may be replaced.
        max_frames: of a film, as many frames at most; a single one may be saved as a picture.

    Raises:
        UserError: a name that does not fit, exists, is an input or cannot be written.
    """
    outputs: list[Output] = []
    if save is not None:
        outputs.append(open_save(source, save, overwrite, max_frames))
    if save_crops is not None:
        from digitcam.outputs.crops import CropFolder

        outputs.append(CropFolder(Path(save_crops), source, overwrite))
    if plot is not None:
        from digitcam.outputs.figure import Figure

        outputs.append(Figure(Path(plot), source, overwrite))
    if numbers:
        from digitcam.outputs.lines import StandardOutput
        from digitcam.outputs.numbers import ChangedNumbers, PictureNumbers

        target = StandardOutput()
        outputs.append(
            ChangedNumbers(target) if source.film else PictureNumbers(target, len(source.paths) > 1)
        )
    if json is not None:
        from digitcam.outputs.lines import open_lines

        outputs.append(open_lines(json, source.paths, overwrite))
    return outputs


def open_save(source: Source, name: str, overwrite: bool, max_frames: int | None) -> Output:
    """The output that ``--save`` names."""
    from digitcam.outputs.pictures import SUFFIXES, OnePicture, PictureFolder
    from digitcam.outputs.video import CODECS, VideoFile

    path = Path(name)
    suffix = path.suffix.lower()
    if path.is_dir() or not suffix or name.endswith(("/", "\\")):
        return PictureFolder(path, source.paths, overwrite)
    film = source.film
    if suffix in SUFFIXES:
        if film and max_frames != 1:
            raise UserError(f"--save {name}: a film is saved as .mp4, .avi, .mkv or .webm, or into a folder")
        if not film and len(source.paths) > 1:
            raise UserError(f"--save {name}: {len(source.paths)} pictures need a folder; name one")
        return OnePicture(path, source.paths, overwrite)
    if suffix in CODECS:
        if not film:
            raise UserError(f"--save {name}: pictures are saved as .png or .jpg, or into a folder")
        return VideoFile(path, source.paths, overwrite, source.fps)
    kinds = ", ".join((*SUFFIXES, *CODECS))
    raise UserError(f"--save {name}: the name must be a folder or end in {kinds}")
