"""What QGIS takes for a raster: raster_peers.py FILE WIDTH HEIGHT X,Y,W,H[ X,Y,W,H...]

Prints a line for each view (pixels of level 0): milliseconds until its picture is whole, rendered as QGIS renders a map
without a window. The first number is the loading of the layer.
"""

import os
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (  # noqa: E402
    QgsApplication,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QSize  # noqa: E402


def main() -> None:
    """Load the layer, then render each view."""
    file, width, height = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    application = QgsApplication([], False)
    application.initQgis()
    begin = time.perf_counter()
    layer = QgsRasterLayer(file, "layer", "gdal")
    if not layer.isValid():
        sys.exit("QGIS cannot open " + file)
    print(f"{(time.perf_counter() - begin) * 1e3:.3f}", flush=True)
    extent = layer.extent()
    per_x, per_y = extent.width() / layer.width(), extent.height() / layer.height()
    for view in sys.argv[4:]:
        x, y, w, h = (float(part) for part in view.split(","))
        settings = QgsMapSettings()
        settings.setLayers([layer])
        settings.setDestinationCrs(layer.crs())
        settings.setOutputSize(QSize(width, height))
        settings.setExtent(
            QgsRectangle(
                extent.xMinimum() + x * per_x,
                extent.yMaximum() - (y + h) * per_y,
                extent.xMinimum() + (x + w) * per_x,
                extent.yMaximum() - y * per_y,
            )
        )
        begin = time.perf_counter()
        job = QgsMapRendererParallelJob(settings)
        job.start()
        job.waitForFinished()
        if job.renderedImage().isNull():
            sys.exit("QGIS rendered nothing")
        print(f"{(time.perf_counter() - begin) * 1e3:.3f}", flush=True)
    os._exit(0)  # QGIS 3.22 may crash when it is taken down without a window


main()
