"""What others take for work on masks: mask_peers.py JOB FILE WIDTH HEIGHT

numpy-disc        stamps a disc of radius 1000 into WIDTH x HEIGHT (FILE is not read)
numpy-runs        column-major run lengths of the value 1 in FILE, raw bytes
opencv-polygon    fills the polygon in FILE, a line "x y" a corner, in WIDTH x HEIGHT
pil-polygon       the same
gdal-rasterize    the same
gdal-polygonize   polygons of all values but 0 in FILE, raw bytes

Prints "secs", the best of three, and how much came out. Ends with 3 where the library is not installed.
"""

import sys
import time

try:
    import numpy as np
except ImportError:
    sys.exit(3)


def corners(file: str) -> list:
    """The corners of the polygon."""
    with open(file) as lines:
        return [tuple(float(part) for part in line.split()) for line in lines]


def numpy_disc(_file: str, width: int, height: int):
    """Stamps within the bounding box of the disc alone, as paint programs do."""
    mask, radius = np.zeros((height, width), np.uint8), 1000

    def stamp():
        x, y = width // 2, height // 2
        part = mask[y - radius : y + radius + 1, x - radius : x + radius + 1]
        v, u = np.ogrid[-radius : radius + 1, -radius : radius + 1]
        part[u * u + v * v <= radius * radius] = 7
        return 0

    return stamp


def numpy_runs(file: str, width: int, height: int):
    """The usual way: where the flattened mask differs from itself one pixel on."""
    mask = np.fromfile(file, np.uint8).reshape(height, width) == 1

    def encode():
        flat = mask.flatten(order="F")
        ends = np.flatnonzero(flat[1:] != flat[:-1]) + 1
        counts = np.diff(np.concatenate(([0], ends, [flat.size])))
        return len(counts) + int(flat[0])

    return encode


def opencv_polygon(file: str, width: int, height: int):
    """Into a mask that is there already."""
    try:
        import cv2
    except ImportError:
        sys.exit(3)
    cv2.setNumThreads(1)
    mask, points = np.zeros((height, width), np.uint8), np.array(corners(file)).round().astype(np.int32)

    def fill():
        cv2.fillPoly(mask, [points], 1)
        return 0

    return fill


def pil_polygon(file: str, width: int, height: int):
    """Into an image that is there already."""
    try:
        from PIL import Image, ImageDraw
    except ImportError:
        sys.exit(3)
    points, image = corners(file), Image.new("L", (width, height))

    def fill():
        ImageDraw.Draw(image).polygon(points, fill=1)
        return 0

    return fill


def gdal_rasterize(file: str, width: int, height: int):
    """Into a band in memory."""
    try:
        from osgeo import gdal, ogr
    except ImportError:
        sys.exit(3)
    gdal.UseExceptions()
    gdal.PushErrorHandler("CPLQuietErrorHandler")  # it warns that there is no CRS
    points = corners(file)
    raster = gdal.GetDriverByName("MEM").Create("", width, height, 1)
    raster.SetGeoTransform((0, 1, 0, 0, 0, 1))
    source = ogr.GetDriverByName("Memory").CreateDataSource("")
    layer = source.CreateLayer("polygon")
    feature = ogr.Feature(layer.GetLayerDefn())
    text = ", ".join(f"{x} {y}" for x, y in points + points[:1])
    feature.SetGeometry(ogr.CreateGeometryFromWkt(f"POLYGON (({text}))"))
    layer.CreateFeature(feature)

    def fill():
        gdal.RasterizeLayer(raster, [1], layer, burn_values=[1])
        return source.GetLayerCount() - 1  # the layer lives as long as its source

    return fill


def gdal_polygonize(file: str, width: int, height: int):
    """From a band in memory to a layer in memory."""
    try:
        from osgeo import gdal, ogr
    except ImportError:
        sys.exit(3)
    gdal.UseExceptions()
    raster = gdal.GetDriverByName("MEM").Create("", width, height, 1)
    raster.GetRasterBand(1).WriteArray(np.fromfile(file, np.uint8).reshape(height, width))

    def polygonize():
        target = ogr.GetDriverByName("Memory").CreateDataSource("")
        layer = target.CreateLayer("polygons")
        layer.CreateField(ogr.FieldDefn("value", ogr.OFTInteger))
        band = raster.GetRasterBand(1)
        gdal.Polygonize(band, band, layer, 0)
        return layer.GetFeatureCount()

    return polygonize


JOBS = {
    "numpy-disc": numpy_disc,
    "numpy-runs": numpy_runs,
    "opencv-polygon": opencv_polygon,
    "pil-polygon": pil_polygon,
    "gdal-rasterize": gdal_rasterize,
    "gdal-polygonize": gdal_polygonize,
}


def main() -> None:
    """The best of three runs."""
    job = JOBS[sys.argv[1]](sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    best, came_out = 1e9, 0
    for _ in range(3):
        begin = time.perf_counter()
        came_out = job()
        best = min(best, time.perf_counter() - begin)
    print(f"secs {best:.6f} {came_out}")


main()
