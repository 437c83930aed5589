package main

var runtimeMutations = []mutation{}
