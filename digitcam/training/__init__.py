"""Everything that makes a network: data, augmentation, architectures, fitting, records and export."""
