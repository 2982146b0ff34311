//! The target changes only when a file is complete.

use std::fs;
use std::path::Path;

use crate::image::gray;
use xr_geotiff::{GeoTiffError, GeoTiffWriter, ImageSpec, Predictor, SampleType};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn dropped_writer_leaves_the_old_file_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.tif");
    fs::write(&path, "old").unwrap();
    let mut writer = GeoTiffWriter::create(&path, &gray(32, 16), true).unwrap();
    writer.write_tile(1, &[7; 256]).unwrap();
    let temporary = names(folder.path()).into_iter().find(|name| name != "old.tif").unwrap();
    assert!(temporary.starts_with(".old.tif.xr-") && temporary.ends_with(".tmp"), "{temporary}");
    drop(writer);
    assert_eq!(names(folder.path()), ["old.tif"]);
    assert_eq!(fs::read(&path).unwrap(), b"old");
}

/// A file of a killed process makes room for the next of that name; one that is being written does not.
#[cfg(unix)]
#[test]
fn abandoned_temporary_files_do_not_pile_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    fs::write(folder.path().join(".a.tif.xr-0.tmp"), "half").unwrap();
    fs::write(folder.path().join(".a.tif.xr-1.tmp"), "half").unwrap();
    let mut first = GeoTiffWriter::create(&path, &gray(32, 16), true).unwrap();
    let second = GeoTiffWriter::create(&path, &gray(16, 16), true).unwrap();
    assert_eq!(names(folder.path()), [".a.tif.xr-0.tmp", ".a.tif.xr-1.tmp"]);
    first.write_tile(0, &[7; 256]).unwrap();
    first.write_tile(1, &[8; 256]).unwrap();
    first.finish().unwrap();
    assert!(fs::read(&path).unwrap().starts_with(b"II"));
    assert_eq!(names(folder.path()), [".a.tif.xr-1.tmp", "a.tif"]);
    drop(second);
    assert_eq!(names(folder.path()), ["a.tif"]);

    // What is no file is left alone.
    std::os::unix::fs::symlink("a.tif", folder.path().join(".a.tif.xr-0.tmp")).unwrap();
    drop(GeoTiffWriter::create(&path, &gray(16, 16), true).unwrap());
    assert_eq!(names(folder.path()), [".a.tif.xr-0.tmp", "a.tif"]);
}

#[test]
fn complete_file_can_be_read_before_it_has_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.tif");
    fs::write(&path, "old").unwrap();
    let complete = || {
        let mut writer = GeoTiffWriter::create(&path, &gray(16, 16), true).unwrap();
        writer.write_tile(0, &[7; 256]).unwrap();
        writer.complete().unwrap()
    };
    let file = complete();
    let (image, temporary) = (fs::read(file.path()).unwrap(), file.path().to_owned());
    assert!(image.ends_with(&[7; 256]));
    assert_eq!(fs::read(&path).unwrap(), b"old");
    drop(file);
    assert!(!temporary.exists());
    assert_eq!((names(folder.path()), fs::read(&path).unwrap()), (vec!["old.tif".to_owned()], b"old".to_vec()));
    complete().publish().unwrap();
    assert_eq!((names(folder.path()), fs::read(&path).unwrap()), (vec!["old.tif".to_owned()], image));
}

#[test]
fn unfinished_file_is_refused_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let mut writer = GeoTiffWriter::create(&path, &gray(64, 16), false).unwrap();
    writer.write_tile(0, &[7; 256]).unwrap();
    writer.write_tile(2, &[7; 256]).unwrap();
    assert!(matches!(writer.write_tile(2, &[7; 256]), Err(GeoTiffError::TileTwice { index: 2, .. })));
    assert!(matches!(writer.write_tile(4, &[7; 256]), Err(GeoTiffError::TileIndex { index: 4, tiles: 4, .. })));
    let error = writer.finish().unwrap_err();
    assert!(matches!(error, GeoTiffError::TilesMissing { missing: 2, first: 1, tiles: 4, .. }), "{error}");
    assert!(names(folder.path()).is_empty());
}

#[test]
fn existing_target_is_refused_before_any_work() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    fs::write(&path, "old").unwrap();
    let error = GeoTiffWriter::create(&path, &gray(16, 16), false).err().unwrap();
    assert!(matches!(error, GeoTiffError::Exists { .. }), "{error}");
    assert!(error.to_string().contains("--overwrite"));
    let error = GeoTiffWriter::create(folder.path(), &gray(16, 16), true).err().unwrap();
    assert!(matches!(error, GeoTiffError::NotAFile { .. }), "{error}");
    let nowhere = folder.path().join("missing").join("a.tif");
    let error = GeoTiffWriter::create(&nowhere, &gray(16, 16), true).err().unwrap();
    assert!(matches!(error, GeoTiffError::Io { .. }), "{error}");
    assert_eq!(names(folder.path()), ["a.tif"]);
}

#[test]
fn target_that_appears_meanwhile_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let mut writer = GeoTiffWriter::create(&path, &gray(16, 16), false).unwrap();
    writer.write_tile(0, &[]).unwrap();
    fs::write(&path, "other").unwrap();
    assert!(matches!(writer.finish(), Err(GeoTiffError::Exists { .. })));
    assert_eq!(names(folder.path()), ["a.tif"]);
    assert_eq!(fs::read(&path).unwrap(), b"other");
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_modes_kept() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("real.tif"), folder.path().join("link.tif"));
    fs::write(&real, "old").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real.tif", &link).unwrap();
    let mut writer = GeoTiffWriter::create(&link, &gray(16, 16), true).unwrap();
    writer.write_tile(0, &[7; 256]).unwrap();
    assert_eq!(writer.finish().unwrap().path, real);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read(&real).unwrap().starts_with(b"II"));
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(names(folder.path()), ["link.tif", "real.tif"]);

    // A new file gets what the umask leaves, as any other new file does.
    fs::write(folder.path().join("plain"), "").unwrap();
    let new = folder.path().join("new.tif");
    let mut writer = GeoTiffWriter::create(&new, &gray(16, 16), false).unwrap();
    writer.write_tile(0, &[]).unwrap();
    writer.finish().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&new), mode(&folder.path().join("plain")));

    symlink("round.tif", folder.path().join("round.tif")).unwrap();
    let error = GeoTiffWriter::create(&folder.path().join("round.tif"), &gray(16, 16), true).err().unwrap();
    assert!(error.to_string().contains("links"), "{error}");
}

#[test]
fn images_that_no_reader_takes_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let specs = [
        ImageSpec { width: 0, ..gray(16, 16) },
        ImageSpec { samples: 0, ..gray(16, 16) },
        ImageSpec { tile_width: 24, ..gray(16, 16) },
        ImageSpec { tile_height: 0, ..gray(16, 16) },
        ImageSpec { tile_width: 1 << 20, tile_height: 1 << 20, ..gray(16, 16) },
        gray(u32::MAX, u32::MAX),
        ImageSpec { predictor: Predictor::Horizontal, ..gray(16, 16) },
        ImageSpec { predictor: Predictor::Float, sample_type: SampleType::U32, ..gray(16, 16) },
        ImageSpec { transform: Some([0.0, 1.0, 0.0, 0.0, 0.0, f64::NAN]), ..gray(16, 16) },
        ImageSpec { transform: Some([0.0, 1.0, 1.0, 0.0, 1.0, 1.0]), ..gray(16, 16) },
        ImageSpec { nodata: Some("no data".into()), ..gray(16, 16) },
        ImageSpec { description: Some("a\0b".into()), ..gray(16, 16) },
    ];
    for spec in specs {
        let error = GeoTiffWriter::create(&path, &spec, false).err().unwrap();
        assert!(matches!(error, GeoTiffError::Spec { .. }), "{spec:?}: {error}");
    }
    assert!(names(folder.path()).is_empty());
}
