package main

func panel() {}
