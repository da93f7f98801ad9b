"""What goes on inside a network while it looks at a crop. Keras is loaded when a look is first asked for."""
