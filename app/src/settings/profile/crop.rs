//! The part of a photo that becomes the picture.

/// The largest zoom factor. With more, the picture would have fewer pixels than it is stored with, for most photos.
pub const ZOOM_MAX: f64 = 4.0;

/// A square of a photo, in the photo's pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crop {
    width: f64,
    height: f64,
    zoom: f64,
    /// The middle of the square.
    x: f64,
    y: f64,
}

impl Crop {
    /// Creates the largest square in the middle of a photo of this size.
    pub fn of((width, height): (u32, u32)) -> Self {
        let (width, height) = (f64::from(width), f64::from(height));
        Self { width, height, zoom: 1.0, x: width / 2.0, y: height / 2.0 }
    }

    /// Returns the length of an edge.
    pub fn edge(&self) -> f64 {
        self.width.min(self.height) / self.zoom
    }

    /// Returns the positions of the left and the upper edge.
    pub fn corner(&self) -> (f64, f64) {
        (self.x - self.edge() / 2.0, self.y - self.edge() / 2.0)
    }

    /// Returns the zoom factor; 1 is the largest square.
    pub const fn zoom(&self) -> f64 {
        self.zoom
    }

    /// Moves the photo under the square, to the right and down, by fractions of the square's edge.
    pub fn moved(self, right: f64, down: f64) -> Self {
        let edge = self.edge();
        Self { x: self.x - right * edge, y: self.y - down * edge, ..self }.inside()
    }

    /// Sets the zoom factor. The middle stays where it is, unless the square would leave the photo.
    pub fn zoomed(self, zoom: f64) -> Self {
        Self { zoom: zoom.clamp(1.0, ZOOM_MAX), ..self }.inside()
    }

    fn inside(self) -> Self {
        let half = self.edge() / 2.0;
        Self { x: self.x.clamp(half, self.width - half), y: self.y.clamp(half, self.height - half), ..self }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_begins_in_the_middle_and_follows_the_finger() {
        let crop = Crop::of((400, 300));
        assert_eq!((crop.corner(), crop.edge()), ((50.0, 0.0), 300.0));
        assert_eq!(crop.moved(0.1, 0.1).corner(), (20.0, 0.0), "there is nothing above");
        assert_eq!(crop.moved(-9.0, 0.0).corner(), (100.0, 0.0));
        let near = crop.zoomed(2.0);
        assert_eq!((near.corner(), near.edge()), ((125.0, 75.0), 150.0));
        assert_eq!(near.moved(0.0, 9.0).corner(), (125.0, 0.0));
        assert_eq!(near.moved(0.0, 9.0).zoomed(1.0), crop, "back inside");
        assert_eq!(crop.zoomed(99.0).zoom(), ZOOM_MAX);
    }

    proptest! {
        #[test]
        fn it_never_leaves_the_photo(
            size in (1_u32..10_000, 1_u32..10_000),
            steps in prop::collection::vec((-2.0..2.0, -2.0..2.0, 0.0..6.0), 0..20),
        ) {
            let crop = steps.into_iter().fold(Crop::of(size), |crop, (right, down, zoom)| crop.moved(right, down).zoomed(zoom));
            let ((left, top), edge) = (crop.corner(), crop.edge());
            prop_assert!(left >= -0.001 && top >= -0.001 && edge > 0.0);
            prop_assert!(left + edge <= f64::from(size.0) + 0.001 && top + edge <= f64::from(size.1) + 0.001);
        }
    }
}
