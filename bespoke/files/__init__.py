"""Files and folders that are never half-written or take the place of somebody else's; texts that anybody wrote."""

from bespoke.files.folders import RECORD, FolderKind, check_folder, read_record, remove_own, write_folder
from bespoke.files.pla import Pla, PlaLimits, PlaRow, parse_pla
from bespoke.files.plain_data import parse_json
from bespoke.files.whole import (
    check_replaceable,
    remove_unfinished,
    text_digest,
    unfinished_in,
    write_file,
    write_files,
)
