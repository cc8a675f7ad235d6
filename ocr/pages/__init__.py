"""Files of scans to upright page images: what a file is, its pages as pixels, where they are empty."""
